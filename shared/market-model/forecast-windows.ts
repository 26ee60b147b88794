import { DomainError, invariant } from '../kernel/errors.ts'
import { HORIZON_BETS } from './horizon.ts'
import type { MarketNames } from './market-names.ts'
import type { MarketRows } from './market-rows.ts'

const DAY_MS = 86_400_000

/** The next bets of a market, as seen from the day on which the first of them was placed. */
export interface ForecastWindow {
  names: MarketNames
  /** Node of the market in the rows' tree. */
  node: number
  /** Beginning of the UTC day: a forecast may know what was known before it. */
  forecastAtMs: number
  /** What came: shares of the 30 bets. */
  winrate: number
  roi: number
}

/**
 * Cuts the bets of each market, from an instant on, into windows of 30 in order of placement.
 *
 * Windows of a market do not overlap, and an incomplete last one is left out. A window's results come after its forecast;
 * results of bets placed before it but told later are in neither, which is the purge.
 *
 * @param learnShare  share of the bets before the first window, in (0, 1)
 * @returns           in order of `forecastAtMs`, ties in order of node
 * @throws {DomainError} `learn_share_out_of_range`
 */
export function forecastWindows(rows: MarketRows, learnShare: number): ForecastWindow[] {
  if (!(learnShare > 0 && learnShare < 1)) {
    throw new DomainError('learn_share_out_of_range', `share ${learnShare} to learn from: must lie between 0 and 1`)
  }
  const open = new Map<number, number[]>()
  const windows: ForecastWindow[] = []
  for (let r = Math.floor(rows.n * learnShare + 1e-6); r < rows.n; r++) {
    const node = rows.nodes[r] as number
    if (rows.tree.names[node]?.level !== 'market') continue
    const members = open.get(node) ?? []
    members.push(r)
    open.set(node, members)
    if (members.length < HORIZON_BETS) continue
    windows.push(windowOf(rows, node, members))
    open.delete(node)
  }
  return windows.sort((a, b) => a.forecastAtMs - b.forecastAtMs || a.node - b.node)
}

function windowOf(rows: MarketRows, node: number, members: readonly number[]): ForecastWindow {
  const [first] = members
  const placedAtMs = rows.placedAtMs[first ?? 0] as number
  let [wins, returns] = [0, 0]
  for (const r of members) {
    const won = rows.won[r] as number
    wins += won
    returns += won * (rows.decimalOdds[r] as number) - 1
  }
  return {
    ...{ names: marketNamesOf(rows, node), node, forecastAtMs: Math.floor(placedAtMs / DAY_MS) * DAY_MS },
    ...{ winrate: wins / members.length, roi: returns / members.length },
  }
}

function marketNamesOf({ tree }: MarketRows, node: number): MarketNames {
  const names = tree.names[node]
  invariant(names?.level === 'market', `node ${node} is no market`)
  return names
}
