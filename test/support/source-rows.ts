import type { SourceRow } from '../../shared/bets/formats/format.ts'

/** A record of a file, with its cells joined as its raw text. */
export function sourceRow(cells: Record<string, string>, line = 2): SourceRow {
  return { line, cells, raw: Object.values(cells).join(',') }
}

/** Header lines of every layout as the exports write them. */
export const HEADERS = {
  closelineLedger:
    'id,sport,league,market,institution_name,bet_type,american_odds,status,is_win,roi,clv_percentage,is_live,time_placed,created_at',
  pikkit15:
    'bet_id,sportsbook,type,status,odds,closing_line,ev,amount,profit,time_placed,time_settled,bet_info,tags,sports,leagues',
  pikkit17:
    'bet_id,sportsbook,type,status,odds,closing_line,ev,amount,profit,time_placed,time_settled,time_placed_iso,time_settled_iso,bet_info,tags,sports,leagues',
  pikkit17Interleaved:
    'bet_id,sportsbook,type,status,odds,closing_line,ev,amount,profit,time_placed,time_placed_iso,time_settled,time_settled_iso,bet_info,tags,sports,leagues',
  juiceReel:
    'juice_bet_id,sportsbook,books_bet_id,risk_amount,max_potential_win,bet_result,amount_won_or_lost,odds_american,number_of_legs,date_placed,date_settled,date_synced,if_freeplay_then_amount_actually_at_risk,is_odds_boosted,clv_percent,bet_leg_id,leg_type,bet_on,bet_on_spread_total_number,if_duration_bet,leg_sport,leg_league,leg_vig,leg_description,long_description_of_leg,event_start_date,event_name,bet_tag_details',
} as const

/** The columns of a header line. */
export function columnsOf(header: string): string[] {
  return header.split(',')
}
