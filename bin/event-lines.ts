import { open } from 'node:fs/promises'

/** Bytes that are read at once; longer lines are read in several goes. */
const CHUNK_BYTES = 1 << 20

/**
 * Whole lines of a file behind a place, and the place behind them. A line that is still being written is left for the
 * next time; a file that is shorter than the place is another one, and is read from its beginning.
 */
export async function readLines(path: string, fromByte: number): Promise<{ lines: string[]; nextByte: number }> {
  const file = await open(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })
  if (file === undefined) return { lines: [], nextByte: 0 }
  try {
    const { size } = await file.stat()
    const begin = size < fromByte ? 0 : fromByte
    let bytes = Buffer.alloc(0)
    for (let at = begin; at < size && !bytes.includes('\n'); at += CHUNK_BYTES) {
      const { buffer, bytesRead } = await file.read({
        buffer: Buffer.alloc(Math.min(CHUNK_BYTES, size - at)),
        position: at,
      })
      bytes = Buffer.concat([bytes, buffer.subarray(0, bytesRead)])
    }
    const end = bytes.lastIndexOf('\n') + 1
    const lines = bytes.subarray(0, end).toString('utf8').split('\n')
    return { lines: lines.filter((line) => line !== ''), nextByte: begin + end }
  } finally {
    await file.close()
  }
}
