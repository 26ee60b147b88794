import { DomainError } from '../kernel/errors.ts'
import { logit, softplus } from '../kernel/numeric.ts'

/** What served probabilities may have become: the truth's log-odds are intercept + slope · those served. */
const ALTERNATIVES = [
  ...[-0.6, -0.4, -0.25, 0.25, 0.4, 0.6].map((intercept) => ({ intercept, slope: 1 })),
  ...[0, 0.3, 0.6, 1.6].map((slope) => ({ intercept: 0, slope })),
] as const

/** Where a rival's probability (the market's) is given, that it is right is one more. */
const RIVAL = ALTERNATIVES.length

/** Decay is called where the evidence reaches 1/this: without decay that happens at most so often, looked at as often as one likes. */
export const WATCH_LEVEL = 0.05

/** Decay that began longer ago than this many days is found as if it had begun then. */
const MOST_STARTS = 180

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
 * What has been seen so far, to be kept between looks: for each day that decay may have begun on, the logarithm of the
 * likelihood ratio of every alternative since.
 */
export interface CalibrationWatch {
  readonly days: number
  readonly outcomes: number
  /** [starts][alternatives], the oldest start first. */
  readonly logRatios: readonly (readonly number[])[]
  /** Largest evidence so far: once decay is called it stays called. */
  readonly largestEvidence: number
}

/** Nothing seen yet. */
export const FRESH_WATCH: CalibrationWatch = { days: 0, outcomes: 0, logRatios: [], largestEvidence: 0 }

/**
 * Takes in the outcomes of one more day.
 *
 * The evidence that served probabilities p no longer hold is E = Σₛ wₛ · mean over alternatives of Π (likelihood of the
 * outcomes since day s under the alternative / under p)^(1/φ), wₛ = 1/{@link MOST_STARTS}. Where p holds, E is a
 * nonnegative supermartingale of mean at most 1, so it ever reaches 1/α with probability α at the most (Ville): it may be
 * looked at every day, without correction. The power 1/φ keeps that true where outcomes of a day are alike.
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
  const begun = watch.days < MOST_STARTS ? [...watch.logRatios, steps.map(() => 0)] : watch.logRatios
  const logRatios = begun.map((ratios) => ratios.map((ratio, a) => ratio + (steps[a] as number)))
  const evidence = evidenceOf(logRatios)
  return {
    days: watch.days + 1,
    outcomes: watch.outcomes + day.length,
    logRatios,
    largestEvidence: Math.max(watch.largestEvidence, evidence),
  }
}

/** Whether decay has been shown at {@link WATCH_LEVEL}. */
export function hasDecayed({ largestEvidence }: CalibrationWatch): boolean {
  return largestEvidence >= 1 / WATCH_LEVEL
}

function evidenceOf(logRatios: readonly (readonly number[])[]): number {
  const mean = (ratios: readonly number[]) => ratios.reduce((sum, ratio) => sum + Math.exp(ratio), 0) / ratios.length
  return logRatios.reduce((sum, ratios) => sum + mean(ratios), 0) / MOST_STARTS
}

/** What a day adds to the logarithm of each alternative's ratio. */
function stepsOf(day: readonly ServedOutcome[]): number[] {
  const steps = new Array<number>(RIVAL + 1).fill(0)
  for (const outcome of day) {
    assertOutcome(outcome)
    const { probability, label, rival } = outcome
    const served = logit(probability)
    const loss = lossOf(served, label)
    for (const [a, { intercept, slope }] of ALTERNATIVES.entries()) {
      steps[a] = (steps[a] as number) + loss - lossOf(intercept + slope * served, label)
    }
    if (rival !== undefined) steps[RIVAL] = (steps[RIVAL] as number) + loss - lossOf(logit(rival), label)
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
