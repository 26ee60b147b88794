/** Decodes a text that comes in pieces, as `TextDecoder` does. */
export interface PieceDecoder {
  decode(bytes?: Uint8Array, options?: { stream: boolean }): string
}

const WINDOWS_1252 = new TextDecoder('windows-1252')

/**
 * A decoder of text that is UTF-8 where its bytes are, and windows-1252 elsewhere.
 *
 * A file that went through several hands has lines of both, and one stray byte must not garble the names around it.
 * Text that is all windows-1252 comes out right as well: its letters beside each other hardly ever spell UTF-8.
 */
export function mixedDecoder(): PieceDecoder {
  let held: Uint8Array = new Uint8Array()
  return {
    decode(bytes = new Uint8Array(), { stream } = { stream: false }) {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes])
      const end = stream ? all.length - unfinishedBytes(all) : all.length
      held = all.slice(end)
      return decodeMixed(all.subarray(0, end))
    },
  }
}

function decodeMixed(bytes: Uint8Array): string {
  // Taking no mark off: a piece may begin anywhere in the file.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  let text = ''
  let begin = 0
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i)
    if (length === 0) {
      text += utf8.decode(bytes.subarray(begin, i)) + WINDOWS_1252.decode(bytes.subarray(i, i + 1))
      begin = i + 1
    }
    i += Math.max(1, length)
  }
  return text + utf8.decode(bytes.subarray(begin))
}

/** Bytes of the UTF-8 sequence that begins at `i`; 0 where none does (RFC 3629, table in section 4). */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i] ?? 0
  const length = lengthByLead(lead)
  if (length < 2) return length
  const [low, high] = secondByteRange(lead)
  const second = bytes[i + 1] ?? 0
  if (second < low || second > high) return 0
  for (let k = 2; k < length; k++) if (!isContinuation(bytes[i + k] ?? 0)) return 0
  return length
}

function lengthByLead(lead: number): number {
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

/** Leaves out longer spellings than needed, surrogates, and what lies beyond U+10FFFF. */
function secondByteRange(lead: number): [low: number, high: number] {
  if (lead === 0xe0) return [0xa0, 0xbf]
  if (lead === 0xed) return [0x80, 0x9f]
  if (lead === 0xf0) return [0x90, 0xbf]
  if (lead === 0xf4) return [0x80, 0x8f]
  return [0x80, 0xbf]
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf
}

/** Bytes at the end that the next piece may complete to a sequence. */
function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (!isContinuation(byte)) return lengthByLead(byte) > back ? back : 0
  }
  return 0
}
