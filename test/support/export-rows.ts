import { csvLine } from '../../shared/kernel/csv-text.ts'
import { columnsOf, HEADERS } from './source-rows.ts'

type Cells = Record<string, string>

const PIKKIT_BET: Cells = {
  bet_id: '654f1f77bcf86cd799439011',
  sportsbook: 'Caesars - Michigan',
  type: 'straight',
  status: 'SETTLED_WIN',
  odds: '2.1',
  closing_line: '2.0',
  ev: '0.05',
  amount: '25.0',
  profit: '27.5',
  time_placed: '12/27/2025 22:55:44 GMT',
  time_settled: '12/28/2025 01:10:00 GMT',
  time_placed_iso: '2025-12-27T22:55:44.120Z',
  time_settled_iso: '2025-12-28T01:10:00.900Z',
  bet_info: 'Jo Doe Over 24.5 Points',
  tags: '',
  sports: 'Basketball',
  leagues: 'NBA',
}

/** A record as Pikkit exports it: straight, won at 2.10 for 25.00, in the columns of a header. */
export function pikkitRecord(cells: Cells = {}, header: string = HEADERS.pikkit15): string {
  return record(header, { ...PIKKIT_BET, ...cells })
}

const JUICE_REEL_LEG: Cells = {
  juice_bet_id: 'jr-1',
  sportsbook: 'FanDuel',
  books_bet_id: 'O/0001/0004512',
  risk_amount: '110',
  max_potential_win: '100',
  bet_result: 'Win',
  amount_won_or_lost: '100',
  odds_american: '-110',
  number_of_legs: '1',
  date_placed: '2024-11-02 17:00:00',
  date_settled: '2024-11-02 20:15:00',
  date_synced: '2024-11-03 06:00:00',
  is_odds_boosted: 'false',
  clv_percent: '1.5',
  bet_leg_id: 'leg-1',
  leg_type: 'GameOu',
  bet_on: 'Over',
  bet_on_spread_total_number: '221.5',
  if_duration_bet: 'Full Game',
  leg_sport: 'Basketball',
  leg_league: 'NBA',
  leg_vig: '4.5',
  leg_description: 'Lakers @ Nuggets - Over 221.5',
  long_description_of_leg: 'Total points over 221.5, incl. overtime',
  event_start_date: '2024-11-02 17:30:00',
  event_name: 'Lakers @ Nuggets',
}

/** Records as Juice Reel exports a bet, one a leg; `perLeg` has what differs. */
export function juiceReelRecords(cells: Cells = {}, perLeg: readonly Cells[] = [{}]): string[] {
  return perLeg.map((leg, i) =>
    record(HEADERS.juiceReel, {
      ...JUICE_REEL_LEG,
      ...{ number_of_legs: String(perLeg.length), bet_leg_id: `leg-${i + 1}` },
      ...cells,
      ...leg,
    }),
  )
}

function record(header: string, cells: Cells): string {
  return csvLine(columnsOf(header).map((column) => cells[column] ?? ''))
}
