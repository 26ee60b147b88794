import { describe, expect, it } from 'vitest'
import type { PastTraining, RetrainingSituation } from '../../../shared/registry/retraining-rules.ts'
import { coolDownUntil, judgeRetraining } from '../../../shared/registry/retraining-rules.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 4, 20)

/** A sound model of last week, new bets, nothing wrong. */
function situation(overrides: Partial<RetrainingSituation> = {}): RetrainingSituation {
  return {
    nowMs: NOW_MS,
    modelVersion: 'blend-1',
    decay: { evidence: 1.2, threshold: 20, outcomes: 300 },
    drift: { atMs: NOW_MS, requiresRetraining: false, reason: '0 of 20 columns have drifted' },
    learnedAtMs: NOW_MS - 7 * DAY_MS,
    ledgerSha256: 'b',
    learnedLedgerSha256: 'a',
    quality: { passed: true, failed: [], isBinding: true },
    open: undefined,
    past: [],
    ...overrides,
  }
}

const DECAYED = { decay: { evidence: 20, threshold: 20, outcomes: 412 } }
const DRIFTED = { drift: { atMs: NOW_MS, requiresRetraining: true, reason: 'sport has drifted' } }

function past(daysAgo: number, overrides: Partial<PastTraining> = {}): PastTraining {
  return { rule: 'drift', outcome: 'kept', atMs: NOW_MS - daysAgo * DAY_MS, ledgerSha256: 'x', ...overrides }
}

describe('judgeRetraining', () => {
  it('asks for nothing where nothing is wrong, and tells every rule and hold', () => {
    const { decision, rule, rules, holds } = judgeRetraining(situation())
    expect([decision, rule]).toEqual(['none', null])
    expect(rules.map(({ name }) => name)).toEqual(['decay', 'drift', 'age'])
    expect(holds.map(({ name }) => name)).toEqual(['no_bets', 'request_open', 'quality_gate', 'unchanged', 'cool_down'])
  })

  it.each([
    ['decay', 'evidence reaches its threshold', DECAYED],
    ['drift', 'the check asks for it', DRIFTED],
    ['age', 'models are 30 days old', { learnedAtMs: NOW_MS - 30 * DAY_MS }],
    ['age', 'nothing was ever learned', { learnedAtMs: null }],
  ] as const)('asks by %s where %s', (rule, _, overrides) => {
    expect(judgeRetraining(situation(overrides))).toMatchObject({ decision: 'request', rule })
  })

  it.each([
    ['evidence just below its threshold', { decay: { evidence: 19.99, threshold: 20, outcomes: 412 } }],
    ['decay of a version where none serves', { ...DECAYED, modelVersion: null }],
    ['no result at all', { decay: undefined }],
    ['no drift check', { drift: undefined }],
    ['a drift check that is too old', { drift: { ...DRIFTED.drift, atMs: NOW_MS - 3.01 * DAY_MS } }],
    ['models of almost 30 days', { learnedAtMs: NOW_MS - 29.9 * DAY_MS }],
  ])('asks for nothing with %s', (_, overrides) => {
    expect(judgeRetraining(situation(overrides)).decision).toBe('none')
  })

  it('names the gravest rule and tells all that ask', () => {
    const verdict = judgeRetraining(situation({ ...DECAYED, ...DRIFTED }))
    expect(verdict.rule).toBe('decay')
    expect(verdict.reason).toMatch(/decay of blend-1 is proven.*; sport has drifted/)
  })

  it.each([
    ['no_bets', { ledgerSha256: null }],
    ['request_open', { open: { requestId: 'r', rule: 'age' as const } }],
    ['quality_gate', { quality: { passed: false, failed: ['min_records'], isBinding: true } }],
    ['unchanged', { learnedLedgerSha256: 'b' }],
    ['unchanged', { past: [past(20, { ledgerSha256: 'b' })] }],
    ['cool_down', { past: [past(1)] }],
  ])('is held back by %s', (hold, overrides) => {
    const verdict = judgeRetraining(situation({ ...DRIFTED, ...overrides }))
    expect(verdict).toMatchObject({ decision: 'hold', rule: 'drift' })
    expect(verdict.holds.filter(({ applies }) => applies).map(({ name }) => name)).toContain(hold)
    expect(verdict.reason).toMatch(/^sport has drifted; but /)
  })

  it('is not held back by the gate where the ledger is simulated', () => {
    const quality = { passed: false, failed: ['min_records'], isBinding: false }
    expect(judgeRetraining(situation({ ...DRIFTED, quality })).decision).toBe('request')
  })

  it('looks at bets that a refused training never came to as news', () => {
    const history = [past(10, { outcome: 'refused', ledgerSha256: null }), past(40, { ledgerSha256: 'c' })]
    expect(judgeRetraining(situation({ ...DRIFTED, past: history })).decision).toBe('request')
  })
})

describe('coolDownUntil', () => {
  const daysFromNow = (history: PastTraining[]) => ((coolDownUntil(history) ?? Number.NaN) - NOW_MS) / DAY_MS

  it('does not run where nothing was trained', () => {
    expect(coolDownUntil([])).toBeNull()
  })

  it.each([
    ['a promotion', [past(0, { outcome: 'promoted' })], 3],
    ['the weekly schedule, kept', [past(0, { rule: 'schedule' }), past(7, { rule: 'schedule' })], 3],
    ['a person', [past(0, { rule: 'forced' })], 3],
    ['one in vain', [past(0)], 3],
    ['two in vain', [past(0), past(5)], 6],
    ['three in vain', [past(0), past(9), past(20)], 12],
    ['two in vain after a promotion', [past(0), past(5), past(9, { outcome: 'promoted' }), past(20), past(30)], 6],
    ['ten in vain', Array.from({ length: 10 }, (_, i) => past(50 * i)), 48],
    ['two in vain some days ago', [past(4), past(9)], 2],
    ['failures', [past(0, { outcome: 'failed' }), past(3, { outcome: 'refused' })], 6],
  ])('after %s', (_, history, days) => {
    expect(daysFromNow(history)).toBeCloseTo(days, 9)
  })

  it('counts the schedule for the shortest time alone, however much was in vain', () => {
    expect(daysFromNow([past(0, { rule: 'schedule' }), past(10), past(20), past(30)])).toBeCloseTo(3, 9)
  })

  it('lets one reason that training does not remove ask ever more seldom: six times in a hundred days', () => {
    const history: PastTraining[] = []
    for (let day = 0; day < 100; day++) {
      const atMs = NOW_MS + day * DAY_MS
      const { decision } = judgeRetraining(situation({ ...DECAYED, nowMs: atMs, past: history }))
      if (decision === 'request') history.unshift({ rule: 'decay', outcome: 'kept', atMs, ledgerSha256: `${day}` })
    }
    expect(history.map(({ atMs }) => (atMs - NOW_MS) / DAY_MS).reverse()).toEqual([0, 3, 9, 21, 45, 93])
  })
})
