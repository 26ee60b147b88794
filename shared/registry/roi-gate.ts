import type { RoiLoss, RoiRival, RoiScores } from '../recipe/roi-comparison.ts'
import type { GateCheck } from './gate.ts'
import { LEAST_PARITY_ROWS, PARITY_TOLERANCE } from './gate.ts'

/** `served`: its expected return stands in the place of p · d − 1. */
export const ROI_VERDICTS = ['served', 'not_served'] as const
export type RoiVerdict = (typeof ROI_VERDICTS)[number]

/** Largest difference of a head's file from our own arithmetic, over bets and over rows around its splits. */
export interface RoiParity {
  rows: number
  thresholdRows: number
  largestDifference: number
}

/** All that the decision rests on, on rows that nothing was learned from. */
export interface RoiEvidence {
  /** Whether there is a head at all: something beside the price that held on later bets. */
  hasLearned: boolean
  /** A sentence where the head could not be learned or scored. */
  scores: RoiScores | string
  /** Undefined where there is no file: nothing was learned, or the head is only evaluated. */
  parity: RoiParity | string | undefined
}

export interface RoiDecision {
  verdict: RoiVerdict
  checks: GateCheck[]
  /** One sentence. */
  reason: string
}

const RIVAL_WORDS: Readonly<Record<RoiRival, string>> = {
  constant: 'constant',
  priceImplied: 'price-implied ROI',
  winProbability: 'ROI of the win probability',
}

const LOSS_WORDS: Readonly<Record<RoiLoss, string>> = { robust: 'robust loss', squared: 'squared error' }

/**
 * Whether an ROI head may serve.
 *
 * It learned something; it beats the constant and the price-implied ROI by more than chance, the whole 95 % interval of the
 * difference in robust loss below zero and the mean difference in squared error, too; and its robust loss is not above that
 * of p · d − 1 by the win probability that it would stand beside: figures that disagree must be worth it. Where there is a
 * file, it agrees with its trees. What is not known is not beaten.
 */
export function judgeRoi({ hasLearned, scores, parity }: RoiEvidence): RoiDecision {
  const checks =
    typeof scores === 'string'
      ? [{ name: 'has_learned', passed: false, detail: scores }]
      : !hasLearned
        ? [{ name: 'has_learned', passed: false, detail: 'nothing that was learned of returns held on later bets' }]
        : [
            beats('constant', scores),
            beats('priceImplied', scores),
            isNotBehind(scores),
            ...(parity === undefined ? [] : [agrees(parity)]),
          ]
  const failed = checks.filter(({ passed }) => !passed)
  const told = failed.length === 0 ? checks : failed
  return {
    verdict: failed.length === 0 ? 'served' : 'not_served',
    checks,
    reason: told.map(({ detail }) => detail).join('; '),
  }
}

function beats(rival: 'constant' | 'priceImplied', { headMinus }: RoiScores): GateCheck {
  const { robust, squared } = headMinus[rival]
  const isProven = robust.high < 0
  const isLower = squared.mean < 0
  const detail = [
    `${lead('robust', rival, robust)}${isProven ? '' : ': not proven to be below zero'}`,
    ...(isLower ? [] : [`${lead('squared', rival, squared)}: not below zero`]),
  ].join(', ')
  return { name: rival === 'constant' ? 'beats_constant' : 'beats_price_implied', passed: isProven && isLower, detail }
}

function isNotBehind({ headMinus }: RoiScores): GateCheck {
  const { robust } = headMinus.winProbability
  const passed = robust.mean <= 0
  const said = lead('robust', 'winProbability', robust)
  return { name: 'not_behind_win_probability', passed, detail: passed ? said : `${said}: above zero` }
}

function agrees(parity: RoiParity | string): GateCheck {
  const name = 'agrees_with_its_trees'
  if (typeof parity === 'string') return { name, passed: false, detail: parity }
  const { rows, thresholdRows, largestDifference } = parity
  return {
    name,
    passed: rows >= LEAST_PARITY_ROWS && largestDifference < PARITY_TOLERANCE,
    detail:
      `its ONNX and trees differ by ${largestDifference.toExponential(1)} at the most over ${rows} bets and ` +
      `${thresholdRows} rows around splits (below ${PARITY_TOLERANCE} over ${LEAST_PARITY_ROWS} or more)`,
  }
}

function lead(
  loss: RoiLoss,
  rival: RoiRival,
  { mean, low, high }: { mean: number; low: number; high: number },
): string {
  return `${LOSS_WORDS[loss]} less that of the ${RIVAL_WORDS[rival]} ${mean.toFixed(5)}, 95 % ${low.toFixed(5)} to ${high.toFixed(5)}`
}
