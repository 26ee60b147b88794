import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { netReturnPerUnit } from '../../../shared/bets/settlement.ts'
import { CALIBRATION_KINDS } from '../../../shared/calibration/calibrator.ts'
import { mean } from '../../../shared/kernel/numeric.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { isLearnable, isWithinPriceRange, learningRows } from '../../../shared/recipe/dataset.ts'
import { CONTENDERS } from '../../../shared/recipe/walk-forward.ts'
import { evaluateModel } from '../../../shared/usecases/evaluate-model.ts'
import { shuffled } from '../../support/bets.ts'
import { modelRows, QUICK_RECIPE } from '../../support/learning-rows.ts'
import { ledgerWithEdge, simulatedLedger } from '../../support/simulated-ledgers.ts'

const ledger = ledgerWithEdge()
const evaluate = (bets: readonly Bet[], folds = 4) =>
  evaluateModel({ progress: silentProgress }, bets, folds, QUICK_RECIPE)
const report = evaluate(ledger)
const learnable = ledger.filter(isLearnable)

describe('evaluateModel', () => {
  it('tests the last 40 % of the decisive bets in equal parts, each later than the one before', () => {
    const n = learnable.length
    expect(report.rows).toBe(n)
    expect(report.folds.map(({ fold }) => fold)).toEqual([0, 1, 2, 3])
    const ends = [0.6, 0.7, 0.8, 0.9, 1].map((share) => Math.floor(n * share + 1e-6))
    expect(report.folds.map(({ scores }) => scores.model.n)).toEqual(
      ends.slice(1).map((end, k) => end - (ends[k] ?? 0)),
    )
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
    expect(report.folds[3]?.scores.implied.logLoss).toBeCloseTo(mean(losses), 12)
  })

  it('gives the plain means over folds', () => {
    for (const who of CONTENDERS) {
      for (const metric of ['n', 'logLoss', 'brier', 'auc', 'ece'] as const) {
        expect(report.mean[who][metric]).toBeCloseTo(mean(report.folds.map(({ scores }) => scores[who][metric])), 12)
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
    expect(other.folds[2]?.scores.model.logLoss).not.toBe(report.folds[2]?.scores.model.logLoss)
  })

  it('learns from neither closing-line values nor money, and reports of bets placed by both', () => {
    const other = evaluate(ledger.map((bet) => ({ ...bet, closingLineValue: 0.5, stakeMinor: 1, profitMinor: 1 })))
    expect(other.folds).toEqual(report.folds)
    expect({ ...other.pooled, rules: [] }).toEqual({ ...report.pooled, rules: [] })
    expect(other.pooled.rules[0]?.everything.closing.value?.mean).toBe(0.5)
    expect(other.pooled.rules[0]?.everything.roi?.mean).toBe(1)
  })

  it('learns from bets whose result was known before a fold alone', () => {
    const { placedAtMs, knownAtMs } = learningRows(modelRows(ledger))
    const n = placedAtMs.length
    const begins = [0.6, 0.7, 0.8, 0.9].map((share) => Math.floor(n * share + 1e-6))
    const known = begins.map((begin) => knownAtMs.filter((at, r) => r < begin && at < (placedAtMs[begin] ?? 0)).length)
    expect(report.folds.map(({ learned }) => learned)).toEqual(known)
    expect(known.some((count, k) => count < (begins[k] ?? 0))).toBe(true)
  })

  it('pools the predictions of all folds, each by its own model', () => {
    const { scores, rules, calibration } = report.pooled
    expect(scores.model.n).toBe(report.folds.reduce((sum, fold) => sum + fold.scores.model.n, 0))
    for (const who of CONTENDERS) {
      const sum = report.folds.reduce((total, fold) => total + fold.scores[who].n * fold.scores[who].logLoss, 0)
      expect(scores[who].logLoss).toBeCloseTo(sum / scores.model.n, 12)
      expect(calibration[who].curve.reduce((total, bin) => total + bin.n, 0)).toBe(scores.model.n)
    }
    expect(rules).toHaveLength(3)
  })

  it('finds a lead proven where its whole interval lies below zero', () => {
    const plain = evaluate(simulatedLedger([{ where: { sport: 'Basketball' }, probabilityShift: 0.35 }]), 2)
    expect(plain.pooled.scores.modelMinusRecalibrated.high).toBeLessThan(0)
    expect(plain.verdict).toBe('proven')
  })

  it('finds a lead whose interval holds zero not proven', () => {
    const { mean: lead, high } = report.pooled.scores.modelMinusRecalibrated
    expect(lead).toBeLessThan(0)
    expect(high).toBeGreaterThan(0)
    expect(report.verdict).toBe('not_proven')
  })

  it('finds nothing proven where there is nothing to find', () => {
    const other = evaluate(simulatedLedger(), 2)
    expect(other.pooled.scores.modelMinusRecalibrated.high).toBeGreaterThanOrEqual(0)
    expect(other.verdict).toBe('not_proven')
  })

  it('says what each fold learned, and nothing where that is the market alone', () => {
    expect(report.folds.some(({ members }) => members.some(({ trees }) => trees > 0))).toBe(true)
    for (const { calibration } of report.folds) expect(CALIBRATION_KINDS).toContain(calibration)
    // Too few bets for two stretches that judge.
    const few = evaluate(ledger.slice(0, 700), 2)
    expect(few.folds.map(({ members }) => members)).toEqual([[], []])
    expect(few.pooled.scores.modelMinusRecalibrated).toMatchObject({ mean: 0, low: 0, high: 0 })
    expect(few.verdict).toBe('not_proven')
  })

  it('tells of an ROI head on the bets of all folds whose return is known, and whether it would be served', () => {
    const { roiHead } = report
    expect(roiHead.folds.map(({ fold }) => fold)).toEqual([0, 1, 2, 3])
    expect(roiHead.folds.every(({ learned }, k) => learned > (report.folds[k]?.learned ?? Number.NaN))).toBe(true)
    const first = ledger.find(({ id }) => id === learnable[Math.floor(learnable.length * 0.6 + 1e-6)]?.id)
    const known = ledger.filter(
      (bet) =>
        bet.placedAtMs >= (first?.placedAtMs ?? Number.NaN) &&
        netReturnPerUnit(bet) !== undefined &&
        bet.decimalOdds !== null &&
        isWithinPriceRange(bet.decimalOdds),
    )
    expect(roiHead.scores?.n).toBe(known.length)
    expect(known.length).toBeGreaterThan(report.pooled.scores.model.n)
    // Too few bets for so small a proof as this recipe finds.
    expect(roiHead.verdict).toBe('not_served')
    expect(roiHead.reason).toContain('not proven to be below zero')
  })

  it('says why there is no ROI head where no return is known', () => {
    const { roiHead } = evaluate(
      ledger.map((bet) => ({ ...bet, isFreeBet: true })),
      2,
    )
    expect(roiHead).toMatchObject({ verdict: 'not_served', scores: undefined })
    expect(roiHead.reason).toContain('no return of the bets to be scored on is known')
    expect(roiHead.folds).toEqual([0, 1].map((fold) => ({ fold, learned: 0, trees: 0, weight: 0 })))
  })

  it('does not mind in which order the bets come', () => {
    expect(evaluate(shuffled(ledger, 8))).toEqual(report)
  })

  it('refuses a ledger too short to be cut', () => {
    expect(() => evaluate(ledger.slice(0, 5))).toThrow(expect.objectContaining({ code: 'too_few_rows' }))
    expect(() => evaluate([])).toThrow(expect.objectContaining({ code: 'too_few_rows' }))
  })
})
