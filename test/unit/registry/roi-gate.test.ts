import { describe, expect, it } from 'vitest'
import type { RoiScores } from '../../../shared/recipe/roi-comparison.ts'
import type { RoiEvidence } from '../../../shared/registry/roi-gate.ts'
import { judgeRoi } from '../../../shared/registry/roi-gate.ts'

const difference = (low: number, high: number) => ({ mean: (low + high) / 2, low, high, clusters: 30 })
const losses = { head: 0.2, constant: 0.21, priceImplied: 0.21, winProbability: 0.2 }

const SCORES: RoiScores = {
  n: 4000,
  losses: { robust: losses, squared: losses },
  headMinus: {
    constant: { robust: difference(-0.003, -0.001), squared: difference(-0.02, 0.01) },
    priceImplied: { robust: difference(-0.002, -0.00001), squared: difference(-0.02, 0.01) },
    winProbability: { robust: difference(-0.001, 0.001), squared: difference(-0.01, 0.05) },
  },
}

/** Evidence that leaves nothing to be wished for. */
const GOOD: RoiEvidence = {
  hasLearned: true,
  scores: SCORES,
  parity: { rows: 1000, thresholdRows: 300, largestDifference: 9e-6 },
}

function against(rival: keyof RoiScores['headMinus'], overrides: Partial<RoiScores['headMinus']['constant']>) {
  const headMinus = { ...SCORES.headMinus, [rival]: { ...SCORES.headMinus[rival], ...overrides } }
  return { ...GOOD, scores: { ...SCORES, headMinus } }
}

const failedOf = (evidence: RoiEvidence) =>
  judgeRoi(evidence)
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name)

describe('judgeRoi', () => {
  it('serves a head that passes every check, and says what each found', () => {
    const { verdict, checks, reason } = judgeRoi(GOOD)
    expect(verdict).toBe('served')
    expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['beats_constant', true],
      ['beats_price_implied', true],
      ['not_behind_win_probability', true],
      ['agrees_with_its_trees', true],
    ])
    expect(reason).toBe(checks.map(({ detail }) => detail).join('; '))
    expect(reason).toContain('robust loss less that of the constant -0.00200, 95 % -0.00300 to -0.00100')
    expect(reason).toContain('9.0e-6 at the most over 1000 bets and 300 rows around splits')
  })

  it('asks of an evaluation, which has no file, the scores alone', () => {
    expect(judgeRoi({ ...GOOD, parity: undefined })).toMatchObject({ verdict: 'served' })
    expect(judgeRoi({ ...GOOD, parity: undefined }).checks).toHaveLength(3)
  })

  describe.each([
    ['constant', 'beats_constant'],
    ['priceImplied', 'beats_price_implied'],
  ] as const)('held against the %s', (rival, name) => {
    it.each([
      ['the interval ends at zero', { robust: difference(-0.002, 0) }],
      ['the interval holds zero', { robust: difference(-0.002, 0.001) }],
      ['the rival is better', { robust: difference(0.001, 0.002) }],
      ['the difference is no number', { robust: difference(Number.NaN, Number.NaN) }],
      ['squared error says otherwise', { squared: difference(-0.01, 0.02) }],
      ['squared error says neither', { squared: difference(-0.01, 0.01) }],
      ['squared error is no number', { squared: difference(Number.NaN, Number.NaN) }],
    ])('does not serve where %s', (_, overrides) => {
      const evidence = against(rival, overrides)
      expect(failedOf(evidence)).toEqual([name])
      expect(judgeRoi(evidence).verdict).toBe('not_served')
      expect(judgeRoi(evidence).reason).toMatch(/not proven to be below zero|not below zero/)
    })
  })

  it('does not serve beside a win probability whose ROI has the lower loss', () => {
    expect(failedOf(against('winProbability', { robust: difference(-0.001, 0.0011) }))).toEqual([
      'not_behind_win_probability',
    ])
    expect(failedOf(against('winProbability', { robust: difference(Number.NaN, Number.NaN) }))).toHaveLength(1)
    expect(failedOf(against('winProbability', { robust: difference(0, 0), squared: difference(1, 2) }))).toEqual([])
  })

  it.each([
    ['too few rows', { rows: 999, thresholdRows: 300, largestDifference: 1e-8 }],
    ['a difference as large as the tolerance', { rows: 1000, thresholdRows: 300, largestDifference: 1e-5 }],
    ['a difference that is no number', { rows: 1000, thresholdRows: 300, largestDifference: Number.NaN }],
    ['a file that does not run', 'its file does not run: no such operator'],
  ])('does not serve a head with %s', (_, parity) => {
    expect(failedOf({ ...GOOD, parity })).toEqual(['agrees_with_its_trees'])
    if (typeof parity === 'string') expect(judgeRoi({ ...GOOD, parity }).reason).toBe(parity)
  })

  it('does not serve where nothing was learned, whatever the scores', () => {
    expect(judgeRoi({ ...GOOD, hasLearned: false, parity: undefined })).toEqual({
      verdict: 'not_served',
      checks: [
        { name: 'has_learned', passed: false, detail: 'nothing that was learned of returns held on later bets' },
      ],
      reason: 'nothing that was learned of returns held on later bets',
    })
  })

  it('does not serve what could not be scored, and says why', () => {
    const { verdict, reason } = judgeRoi({ ...GOOD, scores: 'all 3 bets returned -1 per unit' })
    expect([verdict, reason]).toEqual(['not_served', 'all 3 bets returned -1 per unit'])
  })

  it('names everything that failed', () => {
    const evidence = { ...against('constant', { robust: difference(-1, 1) }), parity: 'it does not run' }
    expect(failedOf(evidence)).toEqual(['beats_constant', 'agrees_with_its_trees'])
    expect(judgeRoi(evidence).reason.split('; ')).toHaveLength(2)
  })
})
