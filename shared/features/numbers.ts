import { DomainError } from '../kernel/errors.ts'

/** Numbers one after the other, as 64-bit floats. */
export interface NumberWriter {
  push(value: number): void
  pushAll(values: ArrayLike<number>): void
  /** What was written; shares memory with the writer. */
  written(): Float64Array
}

export function createNumberWriter(): NumberWriter {
  let numbers = new Float64Array(4096)
  let length = 0
  function makeRoom(count: number): void {
    if (length + count <= numbers.length) return
    const larger = new Float64Array(2 * (length + count))
    larger.set(numbers.subarray(0, length))
    numbers = larger
  }
  return {
    push(value) {
      makeRoom(1)
      numbers[length] = value
      length += 1
    },
    pushAll(values) {
      makeRoom(values.length)
      numbers.set(values, length)
      length += values.length
    },
    written: () => numbers.subarray(0, length),
  }
}

/** Reads them back in the same order. */
export interface NumberReader {
  next(): number
  /** The next `count` numbers; shares memory with what is read. */
  take(count: number): Float64Array
  /** @throws {DomainError} `corrupt_object` where numbers are left */
  finish(): void
}

/**
 * @param name  what errors call the source
 * @throws {DomainError} `corrupt_object` from its methods, where the numbers end too early or a count cannot be one
 */
export function createNumberReader(numbers: Float64Array, name: string): NumberReader {
  let at = 0
  function pass(count: number): void {
    if (!(Number.isInteger(count) && count >= 0 && at + count <= numbers.length)) {
      throw new DomainError('corrupt_object', `${name} is damaged: it has ${numbers.length} numbers`)
    }
    at += count
  }
  return {
    next() {
      pass(1)
      return numbers[at - 1] as number
    },
    take(count) {
      pass(count)
      return numbers.subarray(at - count, at)
    },
    finish() {
      if (at !== numbers.length) {
        throw new DomainError('corrupt_object', `${name} is damaged: ${numbers.length - at} numbers are left over`)
      }
    },
  }
}
