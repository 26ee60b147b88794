import { describe, expect, test } from 'vitest'
import { createNumberReader, createNumberWriter } from '../../../shared/features/numbers.ts'

describe('numbers', () => {
  test('are read in the order in which they were written, however many', () => {
    const writer = createNumberWriter()
    const many = Array.from({ length: 10_000 }, (_, i) => i / 3)
    writer.push(-0)
    writer.pushAll([])
    writer.pushAll(many)
    writer.push(Number.NaN)
    writer.pushAll(Float32Array.of(0.5))
    const reader = createNumberReader(writer.written(), 'it')
    expect(reader.next()).toBe(-0)
    expect([...reader.take(0)]).toEqual([])
    expect([...reader.take(10_000)]).toEqual(many)
    expect(reader.next()).toBeNaN()
    expect(reader.next()).toBe(0.5)
    reader.finish()
  })

  const corrupt = expect.objectContaining({ name: 'DomainError', code: 'corrupt_object' })

  test.each([4, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300])(
    'of three cannot be read %d at a time',
    (count) => {
      expect(() => createNumberReader(new Float64Array(3), 'it').take(count)).toThrow(corrupt)
    },
  )

  test('that are left, or lacking, are damage', () => {
    const reader = createNumberReader(new Float64Array(2), 'it')
    expect(() => reader.finish()).toThrow(corrupt)
    reader.take(2)
    reader.finish()
    expect(() => reader.next()).toThrow(corrupt)
  })
})
