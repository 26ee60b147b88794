import { describe, expect, it } from 'vitest'
import { holdsNul, showingNul } from '../../../../shared/bets/formats/nul.ts'

describe('NUL in a text', () => {
  it('is shown by its sign, in which it is still found', () => {
    expect(showingNul('a\0b\0')).toBe('a\u2400b\u2400')
    expect(['a\0', showingNul('a\0'), 'a', ''].map(holdsNul)).toEqual([true, true, false, false])
  })
})
