import { describe, expect, it } from 'vitest'
import { distinctNames, mergeNameCounts, nameCounts, nameCountsSchema } from '../../../shared/quality/name-counts.ts'

describe('name counts', () => {
  it('stand in order of name, no name first and apart from the name "null"', () => {
    const counts = nameCounts(
      new Map([
        ['null', 1],
        ['Zed', 2],
        [null, 3],
        ['abc', 4],
        ['gone', 0],
      ]),
    )
    expect(counts).toEqual([
      [null, 3],
      ['Zed', 2],
      ['abc', 4],
      ['null', 1],
    ])
  })

  it('add up name by name', () => {
    const sums = mergeNameCounts([
      [
        ['A', 1],
        [null, 2],
      ],
      [],
      [
        ['B', 5],
        ['A', 3],
      ],
    ])
    expect(sums).toEqual([
      [null, 2],
      ['A', 4],
      ['B', 5],
    ])
  })

  it('count no name as none', () => {
    expect(distinctNames([[null, 9]])).toBe(0)
    expect(
      distinctNames([
        [null, 9],
        ['A', 1],
        ['B', 1],
      ]),
    ).toBe(2)
  })

  it('survive JSON under any name', () => {
    const counts = nameCounts(
      new Map([
        ['__proto__', 2],
        ['constructor', 1],
      ]),
    )
    expect(nameCountsSchema.parse(JSON.parse(JSON.stringify(counts)))).toEqual([
      ['__proto__', 2],
      ['constructor', 1],
    ])
  })
})
