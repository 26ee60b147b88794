import { invariant } from '../kernel/errors.ts'

/**
 * The protobuf wire format, as much of it as ONNX files need.
 *
 * @see Protocol Buffers documentation, "Encoding"
 */

const VARINT = 0
const LENGTH_DELIMITED = 2

/** Bytes that the longest varint of a safe integer takes. */
const LONGEST_VARINT = 8

const utf8 = new TextEncoder()

/** Builds one protobuf message field by field; nested messages are built first and embedded as bytes. */
export class MessageWriter {
  readonly #chunks: Uint8Array[] = []
  #length = 0

  /** A varint field: int32, int64 or enum; `value` a non-negative safe integer. */
  integer(field: number, value: number): this {
    return this.#tag(field, VARINT).#varints([value])
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value))
  }

  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.finish())
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, LENGTH_DELIMITED).#varints([value.length]).#append(value)
  }

  /** A repeated integer field in packed form. */
  packedIntegers(field: number, values: ArrayLike<number>): this {
    return this.bytes(field, new MessageWriter().#varints(values).finish())
  }

  /** A repeated 32-bit float field in packed form. */
  packedFloats(field: number, values: ArrayLike<number>): this {
    const bytes = new Uint8Array(4 * values.length)
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i] as number, true)
    return this.bytes(field, bytes)
  }

  /** A repeated 64-bit float field in packed form. */
  packedDoubles(field: number, values: ArrayLike<number>): this {
    const bytes = new Uint8Array(8 * values.length)
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < values.length; i++) view.setFloat64(8 * i, values[i] as number, true)
    return this.bytes(field, bytes)
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#length)
    let at = 0
    for (const chunk of this.#chunks) {
      out.set(chunk, at)
      at += chunk.length
    }
    return out
  }

  #tag(field: number, wireType: number): this {
    return this.#varints([field * 8 + wireType])
  }

  #varints(values: ArrayLike<number>): this {
    const bytes = new Uint8Array(LONGEST_VARINT * values.length)
    let at = 0
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number
      invariant(
        Number.isSafeInteger(value) && value >= 0,
        `${value} is no varint: a non-negative safe integer is needed`,
      )
      let rest = value
      while (rest >= 128) {
        bytes[at++] = (rest % 128) + 128
        rest = Math.floor(rest / 128)
      }
      bytes[at++] = rest
    }
    return this.#append(bytes.subarray(0, at))
  }

  #append(bytes: Uint8Array): this {
    this.#chunks.push(bytes)
    this.#length += bytes.length
    return this
  }
}
