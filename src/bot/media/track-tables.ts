import { createFile, Log, MP4BoxBuffer } from 'mp4box'

// Else it prints to the console what it does not understand of somebody's file.
Log.error = () => {}

/**
 * The tables that say how the first track of a file is stored, as far as they are understood.
 * @param file with its description; the pictures and sounds themselves need not be there
 */
export function tablesIn(file: Uint8Array) {
  const reader = createFile()
  reader.onError = () => {}
  try {
    reader.appendBuffer(MP4BoxBuffer.fromArrayBuffer(Uint8Array.from(file).buffer, 0))
  } catch {
    // What is not understood is not checked either; the platform looks for itself.
  }
  const mdia = reader.moov?.traks[0]?.mdia
  return { ...mdia?.minf?.stbl, timescale: mdia?.mdhd?.timescale, handler: mdia?.hdlr?.handler }
}
