import { expect, it } from 'vitest'
import { splitsInThree } from '../../../../functions/prediction/market-path.ts'

it('splits a path of four parts into three names in three ways', () => {
  expect(splitsInThree(['Tennis', 'ATP', 'Over', 'Under'])).toEqual([
    { sport: 'Tennis', league: 'ATP', market: 'Over/Under' },
    { sport: 'Tennis', league: 'ATP/Over', market: 'Under' },
    { sport: 'Tennis/ATP', league: 'Over', market: 'Under' },
  ])
})

it('splits nothing of more than twelve parts', () => {
  expect(splitsInThree(Array.from({ length: 12 }, () => 'x'))).toHaveLength(55)
  expect(splitsInThree(Array.from({ length: 13 }, () => 'x'))).toEqual([])
})
