import { describe, expect, test } from 'vitest'
import { memberScores } from '../../../shared/blend/predict.ts'
import { contendersOf } from '../../../shared/recipe/contenders.ts'
import { judgeContenders, stackedScores } from '../../../shared/recipe/judged-rows.ts'
import { judgingWindows } from '../../../shared/recipe/windows.ts'
import { drawnRows, QUICK_RECIPE } from '../../support/learning-rows.ts'

const rows = drawnRows(2600, { winLogOdds: (x, signal) => x + 0.5 * signal })
const windows = judgingWindows(rows)
const contenders = contendersOf(windows, QUICK_RECIPE, () => () => {})
const named = (name: string) => {
  const found = contenders.find((contender) => contender.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

describe('contendersOf', () => {
  test('judges every contender on every window by what it learned before it', () => {
    for (const { judged, learn, adds } of contenders) {
      for (const [w, window] of windows.entries()) {
        const member = learn(window.learn, window.learnBase)
        if (member === undefined) throw new Error('not learned')
        const said = memberScores(member, window.judge.matrix)
        const expected = adds ? said.map((score, r) => score + (window.base[r] ?? Number.NaN)) : said
        expect(judged[w]).toEqual(expected)
      }
    }
  })

  test('lets a forest of too few rows say what the base says', () => {
    const few = judgingWindows(drawnRows(1600))
    const [forest] = contendersOf(few, QUICK_RECIPE, () => () => {})
    // 640 rows before the first stretch, 960 before the second, 1,280 before the third.
    expect(forest?.judged.map((scores, w) => scores === few[w]?.base)).toEqual([true, true, false])
    const [first] = few
    if (first === undefined) throw new Error('no window')
    expect(forest?.learn(first.learn, first.learnBase)).toBeUndefined()
  })

  test('grows a forest that tells the results, and splits on no code', () => {
    const { judged } = named('forest')
    const [said = new Float64Array()] = judged
    const labels = windows[0]?.judge.labels ?? new Float64Array()
    const sum = (of: number) => said.filter((_, r) => labels[r] === of).reduce((total, score) => total + score, 0)
    expect(sum(1) / labels.filter((label) => label === 1).length).toBeGreaterThan(
      sum(0) / labels.filter((label) => label === 0).length + 0.05,
    )
  })
})

describe('judgeContenders', () => {
  const leads = windows.map(({ base }, w) => base.map((_, r) => w + r / 1000))
  const judged = judgeContenders(windows, { rounds: 3, weight: 0.5, leads }, contenders)

  test('puts the windows one after the other, with their numbers and days', () => {
    expect(Array.from(judged.labels)).toEqual(windows.flatMap(({ judge }) => Array.from(judge.labels)))
    expect(Array.from(judged.windows)).toEqual(windows.flatMap(({ judge }, w) => Array.from(judge.labels, () => w)))
    expect(Array.from(judged.days)).toEqual(Array.from({ length: 1560 }, (_, i) => Math.floor((1040 + i) / 24)))
    expect(judged.members.map(({ length }) => length)).toEqual(contenders.map(() => 1560))
  })

  test('adds trees to the base at their weight', () => {
    const [first] = windows
    for (const r of [0, 100]) expect(judged.base[r]).toBe((first?.base[r] ?? 0) + 0.5 * (r / 1000))
    const without = judgeContenders(windows, { rounds: 0, weight: 0, leads: [] }, contenders)
    expect(without.base.slice(0, 520)).toEqual(first?.base)
  })

  test('is blended by weights, the base having the rest', () => {
    const weights = Float64Array.from(contenders, (_, k) => 0.25 * k)
    const scores = stackedScores(judged, weights)
    const [base = 0, first = 0, second = 0] = [judged.base, ...judged.members].map((column) => column[33])
    expect(scores[33]).toBeCloseTo(0.75 * base + 0 * first + 0.25 * second, 12)
    expect(stackedScores(judged, new Float64Array(contenders.length))).toEqual(judged.base)
  })
})
