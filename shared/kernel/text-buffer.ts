/** Text that is gathered piece by piece, as UTF-8. */
export interface TextBuffer {
  append(text: string): void
  /** All that was appended, in the buffer's own memory: good until the next change. */
  bytes(): Uint8Array
  /** Begins anew in the same memory. */
  clear(): void
}

const FIRST_BYTES = 65_536
/** Of UTF-8, for a unit of UTF-16. */
const MOST_BYTES = 3

/**
 * A {@link TextBuffer} outside the heap: thousands of strings that wait there are moved about by each collection of
 * garbage, while no request is answered.
 */
export function createTextBuffer(): TextBuffer {
  const encoder = new TextEncoder()
  let memory = new Uint8Array(FIRST_BYTES)
  let length = 0
  return {
    append(text) {
      const needed = length + MOST_BYTES * text.length
      if (needed > memory.length) memory = grown(memory, Math.max(needed, 2 * memory.length))
      length += encoder.encodeInto(text, memory.subarray(length)).written
    },
    bytes: () => memory.subarray(0, length),
    clear() {
      length = 0
    },
  }
}

function grown(memory: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size)
  larger.set(memory)
  return larger
}
