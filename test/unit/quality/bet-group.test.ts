import { describe, expect, it } from 'vitest'
import { betGroupSchema, createGroup, mergeGroups } from '../../../shared/quality/bet-group.ts'

function groupOf(...members: [id: string, book: string | null][]) {
  const { add, group } = createGroup()
  for (const [id, book] of members) add(id, book)
  return group()
}

const LETTERS = ['q', 'c', 'x', 'b', 'z', 'a', 'k'].map((id): [string, string] => [id, 'FanDuel'])

describe('bet group', () => {
  it('counts bets by book and shows the five smallest ids', () => {
    const group = groupOf(['m', null], ['n', null], ...LETTERS)
    expect(group).toEqual({
      bets: 9,
      books: [
        [null, 2],
        ['FanDuel', 7],
      ],
      examples: ['a', 'b', 'c', 'k', 'm'],
    })
  })

  it('of parts merges to that of the whole, whatever the order', () => {
    const [left, right, last] = [
      groupOf(...LETTERS.slice(0, 2)),
      groupOf(...LETTERS.slice(2, 6)),
      groupOf(...LETTERS.slice(6)),
    ]
    expect(mergeGroups([left, right, last])).toEqual(groupOf(...LETTERS))
    expect(mergeGroups([last, mergeGroups([right, left])])).toEqual(groupOf(...LETTERS))
  })

  it('shows an id that came twice once', () => {
    expect(mergeGroups([groupOf(['a', null]), groupOf(['a', null])])).toEqual({
      bets: 2,
      books: [[null, 2]],
      examples: ['a'],
    })
  })

  it('of nothing is empty, and survives JSON', () => {
    expect(mergeGroups([])).toEqual({ bets: 0, books: [], examples: [] })
    const group = groupOf(...LETTERS)
    expect(betGroupSchema.parse(JSON.parse(JSON.stringify(group)))).toEqual(group)
  })
})
