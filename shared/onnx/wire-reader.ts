import { DomainError } from '../kernel/errors.ts'

/**
 * One protobuf message, its fields found but not yet decoded. The bytes may come from anywhere: whatever is asked of
 * them is either there in the declared form or refused.
 *
 * A field that is absent is `undefined`, or empty where it repeats; of a field that is given twice the last counts.
 */
export interface Message {
  text(field: number): string | undefined
  texts(field: number): string[]
  message(field: number): Message | undefined
  messages(field: number): Message[]
  bytes(field: number): Uint8Array | undefined
  /** A signed integer of at most 53 bits. */
  integer(field: number): number | undefined
  /** Repeated integers, packed or not. */
  integers(field: number): number[]
  /** Repeated 32-bit floats, packed or not. */
  floats(field: number): Float32Array
  /** Repeated 64-bit floats, packed or not. */
  doubles(field: number): Float64Array
}

const VARINT = 0
const FIXED_64 = 1
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

/** Where a field's value stands in the bytes. */
interface Span {
  wireType: number
  begin: number
  end: number
}

export function corrupt(what: string, cause?: unknown): DomainError {
  return new DomainError('corrupt_model', `the ONNX file is damaged: ${what}`, { cause })
}

/**
 * Finds the fields of a message, in time linear in its bytes.
 *
 * @throws {DomainError} `corrupt_model` where the bytes are no message, or later where a field has another form than asked
 * @see Protocol Buffers documentation, "Encoding"
 */
export function readMessage(bytes: Uint8Array): Message {
  const fields = findFields(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const spans = (field: number) => fields.get(field) ?? []
  const slice = (span: Span, field: number) => {
    expectType(span, LENGTH_DELIMITED, field)
    return bytes.subarray(span.begin, span.end)
  }
  const last = (field: number) => spans(field).at(-1)

  function integers(field: number): number[] {
    const found: number[] = []
    for (const span of spans(field)) {
      if (span.wireType !== LENGTH_DELIMITED) expectType(span, VARINT, field)
      for (let at = span.begin; at < span.end; ) {
        const end = varintEnd(bytes, at, span.end)
        found.push(signedInteger(bytes, at, end))
        at = end
      }
    }
    return found
  }

  /** Begins of the values of a repeated field of fixed width, packed or not. */
  function fixedBegins(field: number, wireType: number, width: number): number[] {
    const begins: number[] = []
    for (const span of spans(field)) {
      if (span.wireType !== LENGTH_DELIMITED) expectType(span, wireType, field)
      if ((span.end - span.begin) % width !== 0) throw corrupt(`field ${field} holds a part of a number`)
      for (let at = span.begin; at < span.end; at += width) begins.push(at)
    }
    return begins
  }

  const texts = (field: number) => spans(field).map((span) => utf8.decode(slice(span, field)))
  return {
    text: (field) => texts(field).at(-1),
    texts,
    message(field) {
      const span = last(field)
      return span === undefined ? undefined : readMessage(slice(span, field))
    },
    messages: (field) => spans(field).map((span) => readMessage(slice(span, field))),
    bytes(field) {
      const span = last(field)
      return span === undefined ? undefined : slice(span, field)
    },
    integer: (field) => integers(field).at(-1),
    integers,
    floats: (field) => Float32Array.from(fixedBegins(field, FIXED_32, 4), (at) => view.getFloat32(at, true)),
    doubles: (field) => Float64Array.from(fixedBegins(field, FIXED_64, 8), (at) => view.getFloat64(at, true)),
  }
}

const utf8 = new TextDecoder()

function expectType({ wireType }: Span, expected: number, field: number): void {
  if (wireType !== expected) throw corrupt(`field ${field} has wire type ${wireType} instead of ${expected}`)
}

function findFields(bytes: Uint8Array): Map<number, Span[]> {
  const fields = new Map<number, Span[]>()
  for (let at = 0; at < bytes.length; ) {
    const tagEnd = varintEnd(bytes, at, bytes.length)
    const tag = signedInteger(bytes, at, tagEnd)
    const field = Math.floor(tag / 8)
    if (!(field >= 1 && field < 2 ** 29)) throw corrupt(`byte ${at} begins field ${field}`)
    const span = findValue(bytes, tagEnd, tag % 8)
    const others = fields.get(field)
    if (others === undefined) fields.set(field, [span])
    else others.push(span)
    at = span.end
  }
  return fields
}

function findValue(bytes: Uint8Array, at: number, wireType: number): Span {
  const within = (begin: number, end: number): Span => {
    if (!(end <= bytes.length)) throw corrupt(`a value at byte ${begin} of ${bytes.length} ends at ${end}`)
    return { wireType, begin, end }
  }
  switch (wireType) {
    case VARINT:
      return within(at, varintEnd(bytes, at, bytes.length))
    case FIXED_64:
      return within(at, at + 8)
    case FIXED_32:
      return within(at, at + 4)
    case LENGTH_DELIMITED: {
      const begin = varintEnd(bytes, at, bytes.length)
      const length = signedInteger(bytes, at, begin)
      if (length < 0) throw corrupt(`a value at byte ${begin} has ${length} bytes`)
      return within(begin, begin + length)
    }
    default:
      throw corrupt(`byte ${at} follows a tag of wire type ${wireType}`)
  }
}

/** Index after the varint that begins at `begin`; at most 10 bytes, all before `limit`. */
function varintEnd(bytes: Uint8Array, begin: number, limit: number): number {
  for (let at = begin; at < Math.min(limit, begin + 10); at++) {
    if ((bytes[at] as number) < 128) return at + 1
  }
  throw corrupt(`the integer at byte ${begin} does not end`)
}

/** The varint in bytes [begin, end) as a 64-bit number in two's complement; a negative one takes ten bytes. */
function signedInteger(bytes: Uint8Array, begin: number, end: number): number {
  const value = end - begin > 8 ? longInteger(bytes, begin, end) : shortInteger(bytes, begin, end)
  if (!Number.isSafeInteger(value)) throw corrupt(`the integer at byte ${begin} has more than 53 bits`)
  return value
}

function shortInteger(bytes: Uint8Array, begin: number, end: number): number {
  let value = 0
  for (let at = end - 1; at >= begin; at--) value = value * 128 + ((bytes[at] as number) % 128)
  return value
}

function longInteger(bytes: Uint8Array, begin: number, end: number): number {
  let bits = 0n
  for (let at = end - 1; at >= begin; at--) bits = bits * 128n + BigInt((bytes[at] as number) % 128)
  return Number(BigInt.asIntN(64, bits))
}
