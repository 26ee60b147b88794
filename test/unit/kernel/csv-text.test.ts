import { describe, expect, it } from 'vitest'
import { csvLine } from '../../../shared/kernel/csv-text.ts'

describe('csvLine', () => {
  it('quotes cells with commas, quotes or line ends, and no others', () => {
    expect(csvLine(['a', '', 'b, c', 'd "e"', 'f\ng', 'h\ri', ' j '])).toBe('a,,"b, c","d ""e""","f\ng","h\ri", j ')
  })
})
