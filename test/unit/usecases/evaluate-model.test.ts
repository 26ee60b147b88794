import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { mean } from '../../../shared/kernel/numeric.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { isLearnable, learningRows } from '../../../shared/recipe/dataset.ts'
import { evaluateModel } from '../../../shared/usecases/evaluate-model.ts'
import { shuffled } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'
import { ledgerWithEdge } from '../../support/simulated-ledgers.ts'

const ledger = ledgerWithEdge()
const evaluate = (bets: readonly Bet[], folds = 4) => evaluateModel({ progress: silentProgress }, bets, folds)
const report = evaluate(ledger)
const learnable = ledger.filter(isLearnable)

describe('evaluateModel', () => {
  it('tests the last 40 % of the decisive bets in equal parts, each later than the one before', () => {
    const n = learnable.length
    expect(report.rows).toBe(n)
    expect(report.folds.map(({ fold }) => fold)).toEqual([0, 1, 2, 3])
    const ends = [0.6, 0.7, 0.8, 0.9, 1].map((share) => Math.floor(n * share + 1e-6))
    expect(report.folds.map(({ model }) => model.n)).toEqual(ends.slice(1).map((end, k) => end - (ends[k] ?? 0)))
    const spans = report.folds.flatMap(({ testFrom, testTo }) => [testFrom, testTo])
    expect(spans).toEqual([...spans].sort())
    expect(spans.at(-1)).toBe(new Date(learnable.at(-1)?.placedAtMs ?? 0).toISOString())
  })

  it('scores the price as it is as the implied probability of each fold', () => {
    const rows = learningRows(modelRows(ledger))
    const end = rows.matrix.nRows
    const begin = Math.floor(end * 0.9 + 1e-6)
    const losses = rows.labels.slice(begin, end).map((y, i) => {
      const p = rows.impliedProbabilities[begin + i] ?? Number.NaN
      return -Math.log(y === 1 ? p : 1 - p)
    })
    expect(report.folds[3]?.implied.logLoss).toBeCloseTo(mean(losses), 12)
  })

  it('gives the plain means over folds', () => {
    for (const who of ['model', 'implied', 'recalibratedImplied'] as const) {
      for (const metric of ['n', 'logLoss', 'brier', 'auc', 'ece'] as const) {
        expect(report.mean[who][metric]).toBeCloseTo(mean(report.folds.map((fold) => fold[who][metric])), 12)
      }
    }
  })

  it('finds the edge that was planted', () => {
    expect(report.mean.model.logLoss).toBeLessThan(report.mean.recalibratedImplied.logLoss)
  })

  it('is not steered by anything that comes after a fold', () => {
    const firstFolds = new Set(learnable.slice(0, Math.floor(learnable.length * 0.8 + 1e-6)).map(({ id }) => id))
    const turned = ledger.map((bet): Bet => {
      if (firstFolds.has(bet.id) || !isLearnable(bet)) return bet
      return { ...bet, state: bet.state === 'won' ? 'lost' : 'won', decimalOdds: 3, profitMinor: 0 }
    })
    const other = evaluate(turned)
    expect(other.folds.slice(0, 2)).toEqual(report.folds.slice(0, 2))
    expect(other.folds[2]?.model.logLoss).not.toBe(report.folds[2]?.model.logLoss)
  })

  it('reads neither closing-line values nor money', () => {
    const other = evaluate(ledger.map((bet) => ({ ...bet, closingLineValue: 0.5, stakeMinor: 1, profitMinor: 1 })))
    expect(other).toEqual(report)
  })

  it('does not mind in which order the bets come', () => {
    expect(evaluate(shuffled(ledger, 8))).toEqual(report)
  })

  it('refuses a ledger too short to be cut', () => {
    expect(() => evaluate(ledger.slice(0, 5))).toThrow(expect.objectContaining({ code: 'too_few_rows' }))
    expect(() => evaluate([])).toThrow(expect.objectContaining({ code: 'too_few_rows' }))
  })
})
