import { describe, expect, it } from 'vitest'
import { createStops, StoppedError } from '../../src/program/stops.js'

const started = Promise.resolve()

/** Something that ends when it is told to. */
function work() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { end, ended }
}

describe('stopping', () => {
  it('asks every part at once, and closes what they need after all of them, the last opened first', async () => {
    const stops = createStops()
    const said: string[] = []
    const slow = work()
    stops.closes('store', async () => void said.push('store closed'))
    stops.closes('queue', async () => void said.push('queue closed'))
    stops.ends('publishing', async () => {
      said.push('publishing asked')
      await slow.ended
      said.push('publishing ended')
    })
    stops.ends('chat', async () => void said.push('chat asked'))
    const stopped = stops.stop(started)
    expect(said).toEqual(['publishing asked', 'chat asked'])
    slow.end()
    expect(await stopped).toEqual([])
    expect(said.slice(2)).toEqual(['publishing ended', 'queue closed', 'store closed'])
  })

  it('gives up what takes too long, leaves time for last words, and names what did not end', async () => {
    const stops = createStops({ giveUpMs: 20, lastWordsMs: 2_000, closeMs: 20 })
    const said: string[] = []
    stops.closes('store', async () => void said.push('store closed'))
    stops.closes('port', () => new Promise(() => {}))
    stops.ends('chat', async (giveUp) => {
      await new Promise((resolve) => giveUp.addEventListener('abort', resolve))
      await new Promise((resolve) => setTimeout(resolve, 50))
      said.push('last words')
    })
    expect(await stops.stop(started)).toEqual(['port'])
    expect(said).toEqual(['last words', 'store closed'])

    const stuck = createStops({ giveUpMs: 20, lastWordsMs: 20, closeMs: 20 })
    stuck.ends('publishing', () => new Promise(() => {}))
    stuck.closes('store', async () => void said.push('closed all the same'))
    expect(await stuck.stop(started)).toEqual(['publishing'])
    expect(said).toContain('closed all the same')
  })

  it('ends the rest when a part fails, and then says so', async () => {
    const stops = createStops()
    const said: string[] = []
    stops.closes('store', async () => void said.push('store closed'))
    stops.closes('queue', () => Promise.reject(new Error('no queue')))
    stops.ends('chat', () => {
      throw new Error('no chat')
    })
    stops.ends('publishing', async () => void said.push('publishing ended'))
    await expect(stops.stop(started)).rejects.toThrow('no chat')
    expect(said).toEqual(['publishing ended', 'store closed'])
  })

  it('ends what is started meanwhile, and lets nothing more be started', async () => {
    const stops = createStops()
    const said: string[] = []
    const opening = work()
    const start = async () => {
      await opening.ended
      stops.closes('store', async () => void said.push('store closed'))
      said.push('never reached')
    }
    const stopped = stops.stop(start())
    expect(stops.asked.reason).toBeInstanceOf(StoppedError)
    opening.end()
    expect(await stopped).toEqual([])
    expect(said).toEqual(['store closed'])

    const late = async () => void said.push('publishing ended')
    expect(() => stops.ends('publishing', late)).toThrow(StoppedError)
    expect(said).toContain('publishing ended')
  })
})
