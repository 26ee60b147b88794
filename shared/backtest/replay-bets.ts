import type { BacktestRow } from './row.ts'
import { assertRow, byPlacementThenContent } from './row.ts'
import type { BettingRules } from './rules.ts'
import { assertRules, wantedStake } from './rules.ts'

const DAY_MS = 86_400_000

/** A bet that was taken. */
export interface TakenBet {
  row: BacktestRow
  stake: number
  profit: number
  /** Whether less was staked than the rules wanted, for want of room. */
  isReduced: boolean
}

/** The bankroll at the end of a UTC day, open bets at their stakes. */
export interface DailyBankroll {
  /** Days since the epoch. */
  day: number
  bankroll: number
  openStakes: number
}

/** How many bets on offer were not taken, by reason. */
export interface Refusals {
  /** Expected value below the rule's least, or nothing that Kelly would stake. */
  edge: number
  /** Open bets have all that they may have. */
  exposure: number
  /** No money at hand. */
  bankroll: number
}

/** What a rule did with a bankroll. */
export interface Replay {
  /** In order of placement. */
  taken: TakenBet[]
  /** In order of settlement. */
  settled: TakenBet[]
  refused: Refusals
  /** One entry for each UTC day on which a bet was on offer or settled, in order. */
  curve: DailyBankroll[]
  finalBankroll: number
}

export type ProbabilityOf = (row: BacktestRow) => number

/**
 * Replays bets in order of time: a stake leaves the money at hand when its bet is placed, stake and profit come back when
 * the result is known. Money in open bets cannot be staked.
 *
 * Results known at the instant of a placement come after it. Bets placed at one instant are one batch: each wants its stake
 * of the money at hand before any of them, and where they want more than there is room for, min(money at hand, cap − open
 * stakes), all are reduced in proportion.
 *
 * @param rows           in any order; the order of bets of one instant changes nothing
 * @param probabilityOf  the probability that the rule goes by
 * @throws {DomainError} `row_out_of_range`, `rule_out_of_range`
 */
export function replayBets(
  rows: readonly BacktestRow[],
  rules: BettingRules,
  probabilityOf: ProbabilityOf = ({ probability }) => probability,
): Replay {
  assertRules(rules)
  for (const [r, row] of rows.entries()) assertRow(row, r)
  const purse = createPurse(rules.initialBankroll)
  const refused: Refusals = { edge: 0, exposure: 0, bankroll: 0 }
  const taken: TakenBet[] = []
  const sorted = [...rows].sort(byPlacementThenContent)
  for (const [placedAtMs, batch] of Map.groupBy(sorted, (row) => row.placedAtMs)) {
    purse.settleBefore(placedAtMs)
    for (const bet of chooseBets(purse, rules, batch, { probabilityOf, refused })) {
      purse.place(bet)
      taken.push(bet)
    }
    purse.mark(placedAtMs)
  }
  purse.settleBefore(Number.POSITIVE_INFINITY)
  return { taken, settled: purse.settled, refused, curve: purse.curve, finalBankroll: purse.atHand() }
}

type Purse = ReturnType<typeof createPurse>

function createPurse(initial: number) {
  let atHand = initial
  /** Not yet settled, the next to settle last. */
  const open: TakenBet[] = []
  const settled: TakenBet[] = []
  const curve: DailyBankroll[] = []
  /** Summed anew each time, so that it is exactly 0 when nothing is open. */
  const openStakes = () => open.reduce((sum, { stake }) => sum + stake, 0)

  function place(bet: TakenBet): void {
    // What is left after a stake of all that is at hand, in parts, must not be a rounding below nothing.
    atHand = Math.max(0, atHand - bet.stake)
    let at = open.length
    while (at > 0 && (open[at - 1] as TakenBet).row.knownAtMs <= bet.row.knownAtMs) at--
    open.splice(at, 0, bet)
  }

  function settleBefore(instantMs: number): void {
    for (let next = open.at(-1); next !== undefined && next.row.knownAtMs < instantMs; next = open.at(-1)) {
      open.pop()
      settled.push(next)
      atHand += next.stake + next.profit
      mark(next.row.knownAtMs)
    }
  }

  function mark(instantMs: number): void {
    const day = Math.floor(instantMs / DAY_MS)
    const stakes = openStakes()
    if (curve.at(-1)?.day === day) curve.pop()
    curve.push({ day, bankroll: atHand + stakes, openStakes: stakes })
  }

  return { atHand: () => atHand, openStakes, place, settleBefore, mark, settled, curve }
}

/** The bets of one instant that are taken; counts the others. */
function chooseBets(
  purse: Purse,
  rules: BettingRules,
  batch: readonly BacktestRow[],
  { probabilityOf, refused }: { probabilityOf: ProbabilityOf; refused: Refusals },
): TakenBet[] {
  const [atHand, open] = [purse.atHand(), purse.openStakes()]
  // Whether a bet is wanted does not hang on how much there is to stake.
  const wanted = batch.filter((row) => wantedStake(rules, probabilityOf(row), row.decimalOdds, 1) > 0)
  refused.edge += batch.length - wanted.length
  const room = Math.min(atHand, rules.maxOpenShare * (atHand + open) - open)
  if (!(room > 0)) {
    refused[atHand > 0 ? 'exposure' : 'bankroll'] += wanted.length
    return []
  }
  const stakes = wanted.map((row) => wantedStake(rules, probabilityOf(row), row.decimalOdds, atHand))
  const scale = Math.min(1, room / stakes.reduce((sum, stake) => sum + stake, 0))
  return wanted.map((row, i) => {
    const stake = scale * (stakes[i] as number)
    return { row, stake, profit: stake * row.returnPerUnit, isReduced: scale < 1 }
  })
}
