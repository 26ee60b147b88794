import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { logit, sigmoid } from '../kernel/numeric.ts'
import { isLearnable } from '../recipe/dataset.ts'
import { numberColumn } from './columns.ts'

/** Cells of the grid in one unit of log-odds: within a cell a price differs by less than 1.6 %. */
const CELLS_PER_UNIT = 64

/**
 * Bets simply won or lost within the price range of models, counted by price. A few hundred cells stand for any number
 * of bets, so that prices can be recalibrated again and again.
 */
export const priceGridSchema = z.object({
  /** Cells that have bets, ascending: the implied log-odds, logit(1/decimalOdds), times 64, rounded. */
  cell: numberColumn,
  bets: numberColumn,
  wins: numberColumn,
  /** Σ implied log-odds, Σ decimalOdds, Σ decimalOdds over wins. */
  logOdds: numberColumn,
  decimalOdds: numberColumn,
  wonOdds: numberColumn,
})

export type PriceGrid = z.infer<typeof priceGridSchema>

type PriceCell = { [K in keyof PriceGrid]: number }

/** Cells that are being gathered. */
export type PriceGatherer = Map<number, PriceCell>

export function addPrice(gatherer: PriceGatherer, bet: Bet): void {
  if (!isLearnable(bet)) return
  const { decimalOdds } = bet
  const logOdds = logit(1 / decimalOdds)
  const won = bet.state === 'won'
  // Negative zero would be another number than the zero that is read back.
  const cell = Math.round(CELLS_PER_UNIT * logOdds) + 0
  addCell(gatherer, { cell, bets: 1, wins: won ? 1 : 0, logOdds, decimalOdds, wonOdds: won ? decimalOdds : 0 })
}

/** Adds the cells of a part. */
export function addPriceGrid(gatherer: PriceGatherer, grid: PriceGrid): void {
  for (const each of cellsOf(grid)) addCell(gatherer, each)
}

export function gatheredPrices(gatherer: PriceGatherer): PriceGrid {
  const cells = [...gatherer.values()].sort((a, b) => a.cell - b.cell)
  const column = (key: keyof PriceCell) => cells.map((each) => each[key])
  return {
    ...{ cell: column('cell'), bets: column('bets'), wins: column('wins') },
    ...{ logOdds: column('logOdds'), decimalOdds: column('decimalOdds'), wonOdds: column('wonOdds') },
  }
}

function addCell(gatherer: PriceGatherer, added: PriceCell): void {
  const known = gatherer.get(added.cell)
  if (known === undefined) {
    gatherer.set(added.cell, { ...added })
    return
  }
  known.bets += added.bets
  known.wins += added.wins
  known.logOdds += added.logOdds
  known.decimalOdds += added.decimalOdds
  known.wonOdds += added.wonOdds
}

function cellsOf(grid: PriceGrid): PriceCell[] {
  const at = (key: keyof PriceGrid, i: number) => grid[key][i] as number
  return grid.cell.map((cell, i) => ({
    ...{ cell, bets: at('bets', i), wins: at('wins', i) },
    ...{ logOdds: at('logOdds', i), decimalOdds: at('decimalOdds', i), wonOdds: at('wonOdds', i) },
  }))
}

/** Logistic recalibration of prices: logit q = intercept + slope · logit(1/decimalOdds). */
interface Recalibration {
  intercept: number
  slope: number
}

/** Prior standard deviation of the intercept around 0 and of the slope around 1, as for the market model. */
const PRIOR_DEVIATION = 0.2

/**
 * Recalibrates prices by the most probable intercept a and slope b under the priors a ~ N(0, 0.2²), b ~ N(1, 0.2²): the
 * estimate of `recalibratePrices` of the market model, with the bets of a cell at their mean log-odds. Newton's method;
 * the objective is strictly convex.
 */
export function recalibrateGrid(gatherer: PriceGatherer): Recalibration {
  const cells = [...gatherer.values()].sort((a, b) => a.cell - b.cell)
  const precision = 1 / PRIOR_DEVIATION ** 2
  let intercept = 0
  let slope = 1
  for (let step = 0; step < 50; step++) {
    let [ga, gb] = [precision * intercept, precision * (slope - 1)]
    let [haa, hab, hbb] = [precision, 0, precision]
    for (const { bets, wins, logOdds } of cells) {
      const x = logOdds / bets
      const q = sigmoid(intercept + slope * x)
      const error = bets * q - wins
      const curvature = bets * q * (1 - q)
      ga += error
      gb += error * x
      haa += curvature
      hab += curvature * x
      hbb += curvature * x * x
    }
    const determinant = haa * hbb - hab * hab
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant]
    intercept -= da
    slope -= db
    if (Math.abs(da) + Math.abs(db) < 1e-10) break
  }
  return { intercept, slope }
}

/** What some bets bring at flat stakes: as expected by recalibrated prices, and as it came. */
export interface ExpectedResult {
  bets: number
  /** Σ (d·q − 1), in units of the stake. */
  expected: number
  /** Σ (d·won − 1). */
  actual: number
  /** Σ d²·q(1 − q): the variance of the sum if bets were independent. */
  variance: number
}

export function expectedResult(grid: PriceGrid, { intercept, slope }: Recalibration): ExpectedResult {
  const total = { bets: 0, expected: 0, actual: 0, variance: 0 }
  for (const { bets, logOdds, decimalOdds, wonOdds } of cellsOf(grid)) {
    const q = sigmoid(intercept + (slope * logOdds) / bets)
    const price = decimalOdds / bets
    total.bets += bets
    total.expected += decimalOdds * q - bets
    total.actual += wonOdds - bets
    total.variance += bets * price * price * q * (1 - q)
  }
  return total
}
