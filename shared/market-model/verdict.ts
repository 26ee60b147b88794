import { round } from '../kernel/numeric.ts'

export const GRADES = ['A', 'B', 'C', 'D', 'F'] as const
export type Grade = (typeof GRADES)[number]

/** Lowest score of each grade. A and B say "probably profitable", C "more likely than not", D and F "probably not". */
const LOWEST_SCORES: readonly [Grade, number][] = [
  ['A', 90],
  ['B', 75],
  ['C', 50],
  ['D', 25],
]

/** What a market must reach to be taken. The score is B's lowest, so that what is taken is always an A or a B. */
export const TAKE_CRITERIA = {
  /** In [0, 100]. */
  score: 75,
  /** Expected ROI as a fraction: below one per cent a price that moved by a point eats it. */
  roi: 0.01,
  /** Bets of the market itself. */
  bets: 30,
}

/** What the verdict goes by. Shares and ROI are fractions. */
export interface MarketFigures {
  /** Posterior probability that the expected ROI is above 0. */
  profitProbability: number
  winrate: number
  /** Win rate at which the expected ROI is 0 at the market's prices. */
  breakEvenWinrate: number
  roi: number
  /** In [0, 1). */
  confidence: number
  /** Bets of the market itself. */
  bets: number
}

export interface MarketVerdict {
  score: number
  grade: Grade
  shouldTake: boolean
  explanation: string
}

/**
 * Score, grade, advice and the reasons, which cannot contradict one another: all read the same rounded score.
 *
 * **Score** = 100 × the probability that the market's expected ROI is above 0, to one decimal. It has a meaning that can
 * be checked (of markets scored 80, four in five are profitable), its whole range can be reached by a record that is long
 * and good or bad enough, and it needs no weights: an edge, its certainty and the price's margin are in it already. A
 * market without bets is scored by what the ledger shows of its neighbours, commonly well below 50, since a price has a
 * margin. **Grade**: A ≥ 90, B ≥ 75, C ≥ 50, D ≥ 25, else F. **Take**: score ≥ 75, expected ROI ≥ 1 % and 30 bets of the
 * market's own. The expected win rate is above break-even exactly where the expected ROI is above 0.
 *
 * The explanation of a skip names the criteria that fail, in the order win rate, ROI, confidence, joined by " | ".
 */
export function judgeMarket(figures: MarketFigures): MarketVerdict {
  const score = round(100 * figures.profitProbability, 1)
  const grade = LOWEST_SCORES.find(([, lowest]) => score >= lowest)?.[0] ?? 'F'
  const failures = failingCriteria(figures, score)
  const explanation = failures.length === 0 ? praise(figures) : failures.join(' | ')
  return { score, grade, shouldTake: failures.length === 0, explanation }
}

function praise({ winrate, roi, confidence }: MarketFigures): string {
  return `win rate ${percent(winrate)}, ROI ${signedPercent(roi)}, confidence ${wholePercent(confidence)}`
}

function failingCriteria(figures: MarketFigures, score: number): string[] {
  const { winrate, breakEvenWinrate, roi, confidence, bets } = figures
  const failures: string[] = []
  if (!(winrate > breakEvenWinrate)) {
    failures.push(`win rate ${percent(winrate)} does not exceed break-even ${percent(breakEvenWinrate)}`)
  }
  if (!(roi >= TAKE_CRITERIA.roi)) {
    failures.push(`ROI ${signedPercent(roi)} is below ${signedPercent(TAKE_CRITERIA.roi)}`)
  } else if (!(score >= TAKE_CRITERIA.score)) {
    failures.push(`ROI ${signedPercent(roi)} is above zero with probability ${score} %, below ${TAKE_CRITERIA.score} %`)
  }
  if (!(bets >= TAKE_CRITERIA.bets)) {
    const own = `${bets} ${bets === 1 ? 'bet' : 'bets'}`
    failures.push(`confidence ${wholePercent(confidence)} stands on ${own}, fewer than ${TAKE_CRITERIA.bets}`)
  }
  return failures
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function signedPercent(share: number): string {
  const text = (100 * share).toFixed(1)
  return `${text.startsWith('-') ? '' : '+'}${text} %`
}

function wholePercent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}
