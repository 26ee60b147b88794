import { DomainError, InvariantError, UpstreamError } from '../kernel/errors.ts'
import type { RegisteredModel } from '../registry/registry.ts'
import type { LoadScorer, Scorer } from '../registry/scorer.ts'

/**
 * The ROI head of a version, where its manifest says that one is served, after one inference: an even-money bet without
 * history.
 *
 * @param load  of files whose output is `ROI_OUTPUT`; where there is none, no head is loaded
 * @throws {DomainError} `corrupt_model` where it does not run, or expects what no bet can return
 */
export async function loadRoiScorer(
  load: LoadScorer | undefined,
  { manifest: { version, features }, roiOnnx }: RegisteredModel,
): Promise<Scorer | undefined> {
  if (load === undefined || roiOnnx === undefined) return undefined
  const width = features.names.length
  let scorer: Scorer | undefined
  try {
    scorer = await load(roiOnnx, width)
    const [expected] = await scorer.score(new Float32Array(width), 1)
    if (isReturn(expected, 2)) return scorer
  } catch (cause) {
    await scorer?.release()
    if (!(cause instanceof UpstreamError)) throw cause
    throw new DomainError('corrupt_model', `the ROI head of model ${version} does not run`, { cause })
  }
  await scorer.release()
  throw new DomainError('corrupt_model', `the ROI head of model ${version} expects no return of an even-money bet`)
}

/**
 * Expected net return per unit staked of some bets by a head that is served.
 *
 * @param values       what the model is asked with, row-major, [bets, features]
 * @param decimalOdds  of each bet
 * @throws {InvariantError} where it expects what a bet cannot return
 */
export async function expectedReturns(
  roiScorer: Scorer,
  values: Float32Array,
  decimalOdds: readonly number[],
): Promise<number[]> {
  const expected = await roiScorer.score(values, decimalOdds.length)
  return decimalOdds.map((odds, i) => {
    const own = expected[i]
    if (!isReturn(own, odds)) throw new InvariantError(`an ROI head answered ${own} at decimal odds of ${odds}`)
    return own
  })
}

/** 32-bit log-odds of the longest price are off by this much of it. */
const ROUNDING = 1e-5

/** Whether a bet can return this much: from −1 to d − 1. */
function isReturn(expected: number | undefined, decimalOdds: number): expected is number {
  return expected !== undefined && expected >= -1 && expected <= (decimalOdds - 1) * (1 + ROUNDING) + ROUNDING
}
