import { deflateSync } from 'node:zlib'

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A grey PNG of this size; the checksums are left at zero, which no reader here minds. */
export function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const pixels = deflateSync(Buffer.alloc((width + 1) * height))
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)])
}

/** An MP4 that holds nothing but its own description. */
export function mp4(
  video: { width: number; height: number; durationMs: number; turned?: boolean } | undefined,
  options: {
    brand?: string
    version?: 0 | 1
    /** How its pictures are stored; else nothing is said about that. */
    stored?: Parameters<typeof stored>[0]
    /** How its sound is stored; else there is a track of which nothing is said. */
    sound?: { codec: string; hertz: number }
    /** Its description stands before its pictures. */
    describedFirst?: boolean
  } = {},
): Buffer {
  const { brand = 'isom', version = 0 } = options
  const mvhd = Buffer.alloc(version === 1 ? 112 : 100)
  mvhd.writeUInt8(version, 0)
  mvhd.writeUInt32BE(1000, version === 1 ? 20 : 12)
  if (version === 1) mvhd.writeBigUInt64BE(BigInt(video?.durationMs ?? 0), 24)
  else mvhd.writeUInt32BE(video?.durationMs ?? 0, 16)
  const sound = box(
    'trak',
    Buffer.concat([
      box('tkhd', trackHeader(version, 0, 0, false)),
      ...(options.sound ? [soundOf(options.sound)] : []),
    ]),
  )
  const picture = video
    ? box(
        'trak',
        Buffer.concat([
          box('tkhd', trackHeader(version, video.width, video.height, video.turned ?? false)),
          ...(options.stored ? [stored(options.stored)] : []),
        ]),
      )
    : Buffer.alloc(0)
  const pictures = box('mdat', Buffer.alloc(64))
  const description = box('moov', Buffer.concat([box('mvhd', mvhd), sound, picture]))
  return Buffer.concat([
    box('ftyp', Buffer.from(`${brand}\0\0\0\0`, 'latin1')),
    ...(options.describedFirst ? [description, pictures] : [pictures, description]),
  ])
}

/** The `mdia` of a track: so many pictures, `ticks` of a timescale of 24,000 each. */
function stored(track: {
  codec: string
  pictures: number
  ticks: number
  claims?: number
}): Buffer {
  const { codec, pictures, ticks, claims } = track
  const numbers = (...list: number[]) => {
    const bytes = Buffer.alloc(list.length * 4)
    for (const [at, value] of list.entries()) bytes.writeUInt32BE(value, at * 4)
    return bytes
  }
  const handler = Buffer.concat([numbers(0, 0), Buffer.from('vide'), numbers(0, 0, 0, 0)])
  const entry = Buffer.alloc(78)
  entry.writeUInt16BE(1, 6)
  const sizes = claims === undefined ? Array<number>(pictures).fill(1) : []
  const table = Buffer.concat([
    box('stsd', Buffer.concat([numbers(0, 1), box(codec, entry)])),
    box('stts', numbers(0, 1, pictures, ticks)),
    box('stsc', numbers(0, 1, 1, pictures, 1)),
    box('stsz', numbers(0, claims === undefined ? 0 : 1, claims ?? pictures, ...sizes)),
    box('stco', numbers(0, 1, 40)),
  ])
  return box(
    'mdia',
    Buffer.concat([
      box('mdhd', numbers(0, 0, 0, 24_000, pictures * ticks, 0)),
      box('hdlr', handler),
      box('minf', Buffer.concat([box('vmhd', numbers(0, 0, 0)), box('stbl', table)])),
    ]),
  )
}

/** The `mdia` of a track with sound; rates above 65,535 do not fit into an entry. */
function soundOf({ codec, hertz }: { codec: string; hertz: number }): Buffer {
  const entry = Buffer.alloc(28)
  entry.writeUInt16BE(1, 6)
  entry.writeUInt16BE(2, 16) // channels
  entry.writeUInt16BE(16, 18) // bits
  entry.writeUInt16BE(hertz, 24)
  const handler = Buffer.concat([Buffer.alloc(8), Buffer.from('soun'), Buffer.alloc(16)])
  const [one, none] = [Buffer.from([0, 0, 0, 1]), Buffer.alloc(4)]
  return box(
    'mdia',
    Buffer.concat([
      box('mdhd', Buffer.alloc(24)),
      box('hdlr', handler),
      box('minf', box('stbl', box('stsd', Buffer.concat([none, one, box(codec, entry)])))),
    ]),
  )
}

function trackHeader(version: 0 | 1, width: number, height: number, turned: boolean): Buffer {
  const matrixAt = version === 1 ? 52 : 40
  const tkhd = Buffer.alloc(matrixAt + 44)
  tkhd.writeUInt8(version, 0)
  if (turned) tkhd.writeInt32BE(0x10000, matrixAt + 4)
  else tkhd.writeInt32BE(0x10000, matrixAt)
  tkhd.writeUInt32BE(width * 65_536, matrixAt + 36)
  tkhd.writeUInt32BE(height * 65_536, matrixAt + 40)
  return tkhd
}

function box(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(body.length + 8)
  header.write(type, 4, 'latin1')
  return Buffer.concat([header, body])
}
