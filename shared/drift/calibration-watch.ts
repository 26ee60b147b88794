import { DomainError } from '../kernel/errors.ts'
import { logit, softplus } from '../kernel/numeric.ts'

/**
 * What the truth's log-odds may have become, intercept + slope · those served + rival · the rival's, and how much of the
 * evidence is staked on each; the shares add up to 1. Most is on what costs a bettor: that wins have become rarer, that
 * probabilities tell bets apart less well, that the rival (the market) knows better.
 */
const ALTERNATIVES = [
  { intercept: -0.6, slope: 1, rival: 0, share: 0.12 },
  { intercept: -0.4, slope: 1, rival: 0, share: 0.2 },
  { intercept: -0.25, slope: 1, rival: 0, share: 0.13 },
  { intercept: 0.4, slope: 1, rival: 0, share: 0.1 },
  { intercept: 0, slope: 0, rival: 0, share: 0.05 },
  { intercept: 0, slope: 0.3, rival: 0, share: 0.07 },
  { intercept: 0, slope: 0.6, rival: 0, share: 0.1 },
  { intercept: 0, slope: 1.6, rival: 0, share: 0.05 },
  { intercept: 0, slope: 0, rival: 1, share: 0.1 },
  { intercept: 0, slope: 0.5, rival: 0.5, share: 0.08 },
] as const

/** Decay is called where the evidence reaches 1/this: without decay that happens at most so often, looked at as often as one likes. */
export const WATCH_LEVEL = 0.05

/** Decay may have begun with the first outcome, or at a later look: one is tried after every so many outcomes. */
const START_EVERY = 50

/** Share of the evidence that is staked on decay from the first outcome on: a version may never have held. */
const FIRST_SHARE = 0.4

/** Later starts share the rest as (k + 4)^−1.3, whose sum over k ≥ 1 is Hurwitz' ζ(1.3, 5): however long one watches. */
const LATER_POWER = 1.3
const LATER_SUM = 2.121_143_493_676_526

/** One settled prediction as it was served. */
export interface ServedOutcome {
  /** Served win probability, in (0, 1). */
  probability: number
  /** 0 or 1. */
  label: number
  /** What the market said, in (0, 1); undefined where it is not known. */
  rival: number | undefined
}

/**
 * What has been seen so far, to be kept between looks: for each look that decay may have begun at, the logarithm of the
 * likelihood ratio of every alternative since.
 */
export interface CalibrationWatch {
  readonly days: number
  readonly outcomes: number
  /** Outcomes since the latest start. */
  readonly sinceStart: number
  /** [starts][alternatives], the oldest start first. */
  readonly logRatios: readonly (readonly number[])[]
  /** Evidence now, and the largest so far: once decay is called it stays called. */
  readonly evidence: number
  readonly largestEvidence: number
}

/** Nothing seen yet. */
export const FRESH_WATCH: CalibrationWatch = {
  days: 0,
  outcomes: 0,
  sinceStart: 0,
  logRatios: [],
  evidence: 1,
  largestEvidence: 1,
}

/**
 * Takes in the outcomes that became known since the last look, a day's, say.
 *
 * The evidence that served probabilities p no longer hold is E = Σₖ wₖ · Σₐ vₐ · Π (likelihood of the outcomes since start k
 * under alternative a / under p)^(1/φ), with the shares wₖ of the starts and vₐ of the alternatives; what is staked on
 * starts to come counts as 1. Where p holds, E is a nonnegative supermartingale that begins at 1, so it ever reaches
 * 1/α with probability α at the most (Ville): it may be looked at after every day, for ever, without correction. The power 1/φ
 * keeps that true, approximately, where outcomes of a day are alike. Which outcomes come in one look must not depend on how they end.
 *
 * @param day         outcomes that became known together, in any order
 * @param dispersion  φ ≥ 1: variance of a day's summed residuals as a multiple of what independent outcomes would give
 * @throws {DomainError} `probability_out_of_range`, `label_not_binary`, `dispersion_out_of_range` (NaN included)
 * @see A. Wald, "Sequential Analysis", 1947; J. Shin, A. Ramdas, A. Rinaldo, "E-detectors", 2022
 */
export function watchDay(
  watch: CalibrationWatch,
  day: readonly ServedOutcome[],
  { dispersion }: { dispersion: number },
): CalibrationWatch {
  if (!(dispersion >= 1 && dispersion < Number.POSITIVE_INFINITY)) {
    throw new DomainError('dispersion_out_of_range', `dispersion ${dispersion}: must be 1 or more`)
  }
  const steps = stepsOf(day).map((step) => step / dispersion)
  const begins = watch.logRatios.length === 0 || watch.sinceStart >= START_EVERY
  const begun = begins ? [...watch.logRatios, steps.map(() => 0)] : watch.logRatios
  const logRatios = begun.map((ratios) => ratios.map((ratio, a) => ratio + (steps[a] as number)))
  const evidence = evidenceOf(logRatios)
  return {
    days: watch.days + 1,
    outcomes: watch.outcomes + day.length,
    sinceStart: (begins ? 0 : watch.sinceStart) + day.length,
    logRatios,
    evidence,
    largestEvidence: Math.max(watch.largestEvidence, evidence),
  }
}

/** Whether decay has been shown at {@link WATCH_LEVEL}. */
export function hasDecayed({ largestEvidence }: Pick<CalibrationWatch, 'largestEvidence'>): boolean {
  return largestEvidence >= 1 / WATCH_LEVEL
}

/** Evidence of all starts so far, those to come counted as 1. Capped, so that it stays a number that JSON can hold. */
function evidenceOf(logRatios: readonly (readonly number[])[]): number {
  let [evidence, staked] = [0, 0]
  for (const [k, ratios] of logRatios.entries()) {
    const share = startShare(k)
    staked += share
    for (const [a, ratio] of ratios.entries()) evidence += share * (ALTERNATIVES[a]?.share ?? 0) * Math.exp(ratio)
  }
  return Math.min(evidence + Math.max(0, 1 - staked), Number.MAX_VALUE)
}

/** Share of the evidence staked on start k, 0 the first. */
function startShare(k: number): number {
  return k === 0 ? FIRST_SHARE : ((1 - FIRST_SHARE) * (k + 4) ** -LATER_POWER) / LATER_SUM
}

/** What a day adds to the logarithm of each alternative's ratio; nothing where an alternative asks for a rival and there is none. */
function stepsOf(day: readonly ServedOutcome[]): number[] {
  const steps = new Array<number>(ALTERNATIVES.length).fill(0)
  for (const outcome of day) {
    assertOutcome(outcome)
    const { probability, label, rival } = outcome
    const served = logit(probability)
    const rivals = rival === undefined ? undefined : logit(rival)
    const loss = lossOf(served, label)
    for (const [a, alternative] of ALTERNATIVES.entries()) {
      if (alternative.rival > 0 && rivals === undefined) continue
      const score = alternative.intercept + alternative.slope * served + alternative.rival * (rivals ?? 0)
      steps[a] = (steps[a] as number) + loss - lossOf(score, label)
    }
  }
  return steps
}

/** Log loss of log-odds. */
function lossOf(score: number, label: number): number {
  return softplus(label === 1 ? -score : score)
}

function assertOutcome({ probability, label, rival }: ServedOutcome): void {
  const wrong = [probability, rival ?? 0.5].find((p) => !(p > 0 && p < 1))
  if (wrong !== undefined) throw new DomainError('probability_out_of_range', `probability ${wrong}: must be in (0, 1)`)
  if (label !== 0 && label !== 1) throw new DomainError('label_not_binary', `label ${label}: must be 0 or 1`)
}
