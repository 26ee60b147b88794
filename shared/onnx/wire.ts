import { invariant } from '../kernel/errors.ts'

/**
 * The protobuf wire format, as much of it as ONNX files need.
 *
 * @see Protocol Buffers documentation, "Encoding"
 */

const VARINT = 0
const LENGTH_DELIMITED = 2

/** Builds one protobuf message field by field; nested messages are built first and embedded as bytes. */
export class MessageWriter {
  readonly #chunks: Uint8Array[] = []
  #length = 0

  /** A varint field: int32, int64 or enum; `value` a non-negative safe integer. */
  integer(field: number, value: number): this {
    return this.#tag(field, VARINT).#varint(value)
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.finish())
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, LENGTH_DELIMITED).#varint(value.length).#append(value)
  }

  /** A repeated integer field in packed form. */
  packedIntegers(field: number, values: ArrayLike<number>): this {
    const packed = new MessageWriter()
    for (let i = 0; i < values.length; i++) packed.#varint(values[i] as number)
    return this.bytes(field, packed.finish())
  }

  /** A repeated 32-bit float field in packed form. */
  packedFloats(field: number, values: ArrayLike<number>): this {
    const bytes = new Uint8Array(4 * values.length)
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i] as number, true)
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
    return this.#varint(field * 8 + wireType)
  }

  #varint(value: number): this {
    invariant(Number.isSafeInteger(value) && value >= 0, `${value} is no varint: a non-negative safe integer is needed`)
    const bytes: number[] = []
    let rest = value
    while (rest >= 128) {
      bytes.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    bytes.push(rest)
    return this.#append(Uint8Array.from(bytes))
  }

  #append(bytes: Uint8Array): this {
    this.#chunks.push(bytes)
    this.#length += bytes.length
    return this
  }
}
