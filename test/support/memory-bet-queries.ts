import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { isSettled } from '../../shared/bets/settlement.ts'
import type { BetStore } from '../../shared/usecases/ledger-ports.ts'
import type { BetFilter, BetPosition, BetQueries } from '../../shared/usecases/ledger-queries.ts'

/** Questions to a ledger in memory, in which every bet changed last at one instant. */
export function memoryBetQueries(bets: Pick<BetStore, 'all'>, changedAtMs: number): BetQueries {
  return {
    list: async (filter, { limit, after }) => {
      const listed = (await bets.all()).filter((bet) => lets(filter, bet)).sort((a, b) => byPlacement(b, a))
      const behind = listed.filter((bet) => after === null || isBehind(bet, after))
      return behind.slice(0, limit).map((bet) => ({
        bet,
        position: { placedAt: new Date(bet.placedAtMs).toISOString(), id: bet.id },
        updatedAt: new Date(changedAtMs).toISOString(),
      }))
    },
    newestChangeMs: async () => ((await bets.all()).length === 0 ? undefined : changedAtMs),
  }
}

function isBehind(bet: Bet, { placedAt, id }: BetPosition): boolean {
  const lastMs = Date.parse(placedAt)
  return bet.placedAtMs < lastMs || (bet.placedAtMs === lastMs && bet.id < id)
}

function lets(filter: BetFilter, bet: Bet): boolean {
  const equal = (['sport', 'league', 'market', 'book', 'betType', 'state', 'isLive', 'origin'] as const).every(
    (key) => filter[key] === undefined || filter[key] === bet[key],
  )
  const { isSettled: settled, placedFromMs: from, placedBeforeMs: before, minDecimalOdds, maxDecimalOdds } = filter
  const price = bet.decimalOdds ?? Number.NaN
  return (
    equal &&
    (settled === undefined || isSettled(bet.state) === settled) &&
    (from === undefined || bet.placedAtMs >= from) &&
    (before === undefined || bet.placedAtMs < before) &&
    (minDecimalOdds === undefined || price >= minDecimalOdds) &&
    (maxDecimalOdds === undefined || price <= maxDecimalOdds)
  )
}
