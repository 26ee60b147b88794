import type { ClusteredRatio } from '../backtest/clustered.ts'
import type { Contender } from './contenders.ts'
import type { PairedDifferences } from './forecast-scores.ts'
import type { MarketsModel } from './markets-model.ts'

/** Contenders that cost nothing. */
export type FreeContender = Exclude<Contender, 'record'>

/** What forecasts may stand on, and why. */
export interface BasisVerdict {
  basis: MarketsModel['basis']
  /** Whether the markets' own records are proven to add to the recalibrated price. */
  status: 'proven' | 'not_proven'
  reasons: string[]
}

/**
 * Lets the record be served only where it is proven better than the price: its log loss is below that of the recalibrated
 * price by an interval that excludes zero, its squared error in ROI is not above it, and no other free contender is proven
 * better. Otherwise forecasts stand on the recalibrated price, which needs no proof: it is what is left without one.
 *
 * @param recordMinus  differences of the record to each free contender, negative where the record is better
 */
export function decideBasis(recordMinus: Record<FreeContender, PairedDifferences>): BasisVerdict {
  const { winrateLogLoss, roiSquaredError } = recordMinus.recalibrated_price
  const reasons: string[] = []
  const { interval } = winrateLogLoss
  if (interval === undefined) reasons.push('all forecasts are of one week: no interval can be given')
  else if (!(interval.high < 0)) {
    reasons.push(`log loss against the recalibrated price ${inWords(winrateLogLoss)}: zero is not excluded`)
  }
  if (!(roiSquaredError.ratio <= 0)) {
    reasons.push(`squared error of ROI above the recalibrated price's by ${roiSquaredError.ratio.toFixed(5)}`)
  }
  for (const name of ['price', 'market_mean', 'ledger_mean'] as const) {
    const difference = recordMinus[name].winrateLogLoss
    const isBetter = difference.interval !== undefined && difference.interval.low > 0
    if (isBetter) reasons.push(`log loss against ${name} ${inWords(difference)}: that is better`)
  }
  if (reasons.length > 0) return { basis: 'price', status: 'not_proven', reasons }
  const proof = `log loss against the recalibrated price ${inWords(winrateLogLoss)}: zero is excluded`
  return { basis: 'record', status: 'proven', reasons: [proof] }
}

function inWords({ ratio, interval }: ClusteredRatio): string {
  const ends = interval === undefined ? 'none' : `${interval.low.toFixed(5)} to ${interval.high.toFixed(5)}`
  return `${ratio.toFixed(5)} (95 % interval ${ends})`
}

/** A model that forecasts on the basis that a verdict allows. */
export function servedModel(model: MarketsModel, { basis }: BasisVerdict): MarketsModel {
  return { ...model, basis }
}
