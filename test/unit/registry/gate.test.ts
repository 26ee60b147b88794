import { describe, expect, it } from 'vitest'
import type { GateEvidence } from '../../../shared/registry/gate.ts'
import { judge } from '../../../shared/registry/gate.ts'

const difference = (low: number, high: number) => ({ mean: (low + high) / 2, low, high, clusters: 30 })

/** Evidence that leaves nothing to be wished for. */
const GOOD: GateEvidence = {
  parity: { rows: 1000, thresholdRows: 250, largestDifference: 9e-6 },
  latencyMs: 5,
  calibration: { slope: { low: 0.8, high: 1.3 }, intercept: { low: -0.1, high: 0.2 } },
  rivals: [
    { name: 'implied_probability', difference: difference(-0.03, -0.01) },
    { name: 'recalibrated_price', difference: difference(-0.02, -0.00001) },
    { name: 'champion', difference: difference(-0.02, -0.001) },
  ],
}

const failedOf = (evidence: GateEvidence) =>
  judge(evidence)
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name)

/** The good evidence with another difference from one rival. */
function against(name: string, other: GateEvidence['rivals'][number]['difference']): GateEvidence {
  const rivals = GOOD.rivals.map((rival) => (rival.name === name ? { name, difference: other } : rival))
  return { ...GOOD, rivals }
}

describe('judge', () => {
  it('finds a model proven that passes every check, and says what each found', () => {
    const { verdict, checks, reason } = judge(GOOD)
    expect(verdict).toBe('proven')
    expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['agrees_with_its_trees', true],
      ['quick_enough', true],
      ['calibrated', true],
      ['beats_implied_probability', true],
      ['beats_recalibrated_price', true],
      ['beats_champion', true],
    ])
    expect(reason).toBe(checks.map(({ detail }) => detail).join('; '))
    expect(reason).toContain('9.0e-6 at the most over 1000 bets and 250 rows around splits')
    expect(reason).toContain('recalibrated price -0.01001, 95 % -0.02000 to -0.00001')
  })

  it('needs no champion', () => {
    expect(judge({ ...GOOD, rivals: GOOD.rivals.slice(0, 2) })).toMatchObject({ verdict: 'proven' })
  })

  it.each([
    [
      'rows too few to show that file and trees agree',
      'agrees_with_its_trees',
      { parity: { ...GOOD.parity, rows: 999 } },
    ],
    [
      'a difference as large as the tolerance',
      'agrees_with_its_trees',
      { parity: { ...GOOD.parity, largestDifference: 1e-5 } },
    ],
    [
      'a difference that is no number',
      'agrees_with_its_trees',
      { parity: { ...GOOD.parity, largestDifference: Number.NaN } },
    ],
    ['no number of rows', 'agrees_with_its_trees', { parity: { ...GOOD.parity, rows: Number.NaN } }],
    ['a slow prediction', 'quick_enough', { latencyMs: 5.01 }],
    ['a prediction whose time is unknown', 'quick_enough', { latencyMs: Number.NaN }],
    ['a calibration that cannot be told', 'calibrated', { calibration: undefined }],
    [
      'log-odds that are too extreme',
      'calibrated',
      { calibration: { slope: { low: 0.5, high: 0.99 }, intercept: { low: -1, high: 1 } } },
    ],
    [
      'log-odds that are too timid',
      'calibrated',
      { calibration: { slope: { low: 1.01, high: 2 }, intercept: { low: -1, high: 1 } } },
    ],
    [
      'probabilities that are too low',
      'calibrated',
      { calibration: { slope: { low: 0, high: 2 }, intercept: { low: 0.01, high: 1 } } },
    ],
    [
      'probabilities that are too high',
      'calibrated',
      { calibration: { slope: { low: 0, high: 2 }, intercept: { low: -1, high: -0.01 } } },
    ],
    [
      'a slope without an interval',
      'calibrated',
      { calibration: { slope: { low: Number.NaN, high: Number.NaN }, intercept: { low: -1, high: 1 } } },
    ],
  ] as [string, string, Partial<GateEvidence>][])('does not find a model proven for %s', (_, name, overrides) => {
    const decision = judge({ ...GOOD, ...overrides })
    expect(decision.verdict).toBe('not_proven')
    expect(failedOf({ ...GOOD, ...overrides })).toEqual([name])
    expect(decision.reason).toBe(decision.checks.find((check) => check.name === name)?.detail)
  })

  describe.each(GOOD.rivals.map(({ name }) => name))('held against the %s', (name) => {
    it.each([
      ['the interval ends at zero', difference(-0.02, 0)],
      ['the interval holds zero', difference(-0.02, 0.001)],
      ['the rival is better', difference(0.001, 0.02)],
      ['the difference is no number', difference(Number.NaN, Number.NaN)],
      ['the two cannot be compared', 'it was learned from other features'],
    ])('is not proven where %s', (_, other) => {
      expect(failedOf(against(name, other))).toEqual([`beats_${name}`])
      expect(judge(against(name, other)).verdict).toBe('not_proven')
    })
  })

  it('says why a rival was not beaten', () => {
    expect(judge(against('champion', 'blend-1 has learned from these bets, too')).reason).toBe(
      'champion: blend-1 has learned from these bets, too',
    )
    expect(judge(against('recalibrated_price', difference(-0.02, 0.01))).reason).toBe(
      'log loss less that of the recalibrated price -0.00500, 95 % -0.02000 to 0.01000 over 30 days of bets: not proven to be below zero',
    )
  })

  it('names everything that failed', () => {
    const evidence = { ...against('champion', 'no'), latencyMs: 20, calibration: undefined }
    expect(failedOf(evidence)).toEqual(['quick_enough', 'calibrated', 'beats_champion'])
    expect(judge(evidence).reason.split('; ')).toHaveLength(3)
  })

  it('gives equal evidence an equal answer and leaves it as it was', () => {
    const evidence = structuredClone(GOOD)
    expect(judge(evidence)).toEqual(judge(evidence))
    expect(evidence).toEqual(GOOD)
  })
})
