import { writeFile } from 'node:fs/promises'
import type { Bet, BetState } from '../../shared/bets/bet.ts'
import { columnsOf, HEADERS } from './source-rows.ts'

const STATUS: Record<BetState, string> = {
  open: 'PLACED',
  won: 'SETTLED_WIN',
  lost: 'SETTLED_LOSS',
  push: 'SETTLED_PUSH',
  void: 'SETTLED_VOID',
  half_won: 'SETTLED_HALF_WIN',
  half_lost: 'SETTLED_HALF_LOSS',
  cashed_out: 'SETTLED_CASH_OUT',
}

/** Writes bets as a file in the layout of Closeline's own ledger, which knows neither money nor settlement times. */
export async function writeLedgerCsv(
  path: string,
  bets: readonly Bet[],
  moreLines: readonly string[] = [],
): Promise<string> {
  const lines = bets.map((bet) =>
    columnsOf(HEADERS.closelineLedger)
      .map((column) => cellsOf(bet)[column] ?? '')
      .join(','),
  )
  await writeFile(path, `${[HEADERS.closelineLedger, ...lines, ...moreLines].join('\n')}\n`)
  return path
}

function cellsOf(bet: Bet): Record<string, string> {
  return {
    id: bet.id,
    sport: quoted(bet.sport),
    league: quoted(bet.league),
    market: quoted(bet.market),
    institution_name: quoted(bet.book),
    bet_type: bet.betType,
    american_odds: bet.decimalOdds === null ? '' : americanOdds(bet.decimalOdds),
    status: STATUS[bet.state],
    is_win: String(bet.state === 'won'),
    is_live: String(bet.isLive),
    time_placed: new Date(bet.placedAtMs).toISOString(),
    created_at: new Date(bet.placedAtMs).toISOString(),
  }
}

function quoted(text: string | null): string {
  return text === null ? '' : `"${text.replaceAll('"', '""')}"`
}

function americanOdds(decimalOdds: number): string {
  return String(Math.round(decimalOdds >= 2 ? (decimalOdds - 1) * 100 : -100 / (decimalOdds - 1)))
}
