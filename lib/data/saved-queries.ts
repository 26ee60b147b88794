/** A question that analysts find ready in the workgroup. */
export interface SavedQuery {
  name: string
  description: string
  /** Whether DuckDB understands it too, so that it can be asked of the lake on one machine. */
  portable: boolean
  sql: string
}

/**
 * Money is never added up over currencies, nor free bets into turnover: their stake is 0. Bets without stake or profit are
 * in `bets` and in no sum.
 */
const ROI: SavedQuery = {
  name: 'roi-by-sport-and-month',
  description: 'Turnover, profit and return on investment of settled bets by month, sport and currency.',
  portable: true,
  sql: `
select month, coalesce(sport_name, '(none)') as sport, currency,
       count(*) as bets, sum(stake) as turnover, sum(profit) as profit,
       round(100 * cast(sum(profit) as double) / nullif(cast(sum(stake) as double), 0), 2) as roi_pct
from bets
where is_settled
group by month, coalesce(sport_name, '(none)'), currency
order by month desc, turnover desc nulls last`,
}

const MARKETS_PRICES: SavedQuery = {
  name: 'win-rate-by-price',
  description: 'How often bets were won beside what their prices imply, margin included, by tenths of probability.',
  portable: true,
  sql: `
select floor(10 * implied_probability) / 10 as from_probability, count(*) as bets,
       avg(implied_probability) as implied, avg(case when state = 'won' then 1.0e0 else 0.0e0 end) as won
from bets
where state in ('won', 'lost') and implied_probability is not null
group by floor(10 * implied_probability) / 10
order by from_probability`,
}

const CLOSING_LINES: SavedQuery = {
  name: 'closing-lines-by-book',
  description: 'Closing line value by sportsbook: its mean, and the share of bets that beat the close.',
  portable: true,
  sql: `
select coalesce(book, '(none)') as book, count(*) as bets,
       round(100 * avg(closing_line_value), 2) as mean_clv_pct,
       round(100 * avg(case when closing_line_value > 0 then 1.0e0 else 0.0e0 end), 1) as beat_the_close_pct
from bets
where closing_line_value is not null
group by coalesce(book, '(none)')
order by bets desc`,
}

/** As the product matches them: the same subject and price within half a cent, the latest within 24 hours before. */
const SERVED: SavedQuery = {
  name: 'calibration-of-what-was-served',
  description: 'Probabilities served in the last 90 days beside what came of the bets, by model version and tenths.',
  portable: true,
  sql: `
with served as (
  select modelversion, winprobability, decimalodds, sport, league, market, book, bettype, islive,
         cast(replace(substr("at", 1, 19), 'T', ' ') as timestamp) as served_at
  from predictions
  where day >= cast(cast(current_date - interval '90' day as date) as varchar)
),
paired as (
  select b.id, b.state, p.modelversion, p.winprobability,
         row_number() over (partition by b.id order by p.served_at desc) as newest
  from bets b
  join served p
    on p.sport = coalesce(b.sport_name, '') and p.league = coalesce(b.league, '') and p.market = coalesce(b.market, '')
   and p.book = coalesce(b.book, '') and p.bettype = b.bet_type and p.islive = b.is_live
   and abs(p.decimalodds - b.decimal_odds) <= 0.005000001e0
   and cast(b.placed_at as timestamp) >= p.served_at
   and cast(b.placed_at as timestamp) <= p.served_at + interval '24' hour
)
select modelversion, floor(10 * winprobability) / 10 as from_probability, count(*) as bets,
       avg(winprobability) as predicted, avg(case when state = 'won' then 1.0e0 else 0.0e0 end) as won
from paired
where newest = 1 and state in ('won', 'lost')
group by modelversion, floor(10 * winprobability) / 10
order by modelversion, from_probability`,
}

const VERSIONS: SavedQuery = {
  name: 'versions-side-by-side',
  description:
    'What each version of the function and of the model served today and yesterday: the canary beside stable.',
  portable: true,
  sql: `
select functionversion, modelversion, count(*) as predictions, avg(winprobability) as mean_probability,
       count_if(grade in ('A', 'B')) as high_grades, avg(latencyms) as mean_ms, max(latencyms) as longest_ms
from predictions
where day >= cast(cast(current_date - interval '1' day as date) as varchar)
group by functionversion, modelversion
order by predictions desc`,
}

const LATENCY: SavedQuery = {
  name: 'latency-by-version',
  description: 'Quantiles of the time that predictions took in the last seven days, by version of the function.',
  // DuckDB has no approx_percentile.
  portable: false,
  sql: `
select functionversion, count(*) as predictions, approx_percentile(latencyms, 0.5) as p50_ms,
       approx_percentile(latencyms, 0.95) as p95_ms, approx_percentile(latencyms, 0.99) as p99_ms
from predictions
where day >= cast(cast(current_date - interval '7' day as date) as varchar)
group by functionversion
order by predictions desc`,
}

const MISSING: SavedQuery = {
  name: 'missing-features-by-month',
  description: 'Share of bets whose record at the price, in the market and lately is not known, by month.',
  portable: true,
  sql: `
select f.month, count(*) as bets,
       round(100 * avg(case when f.market_log_odds is null then 1.0e0 else 0.0e0 end), 1) as no_price_pct,
       round(100 * avg(case when f.sport_market_win_rate is null then 1.0e0 else 0.0e0 end), 1) as no_record_pct
from features f
join bets b on b.id = f.bet_id and b.month = f.month
group by f.month
order by f.month desc`,
}

const DRIFT: SavedQuery = {
  name: 'latest-drift',
  description: 'The latest check for drift of the last 30 days: every column, those that changed most first.',
  portable: true,
  sql: `
with recent as (
  select * from drift where day >= cast(cast(current_date - interval '30' day as date) as varchar)
)
select feature, is_drifted, severity, effect, method, drift_score, adjusted_p_value, current_missing, model_version,
       checked_at
from recent
where report_id = (select max(report_id) from recent)
order by is_drifted desc, effect desc nulls last, feature`,
}

const ALERTS: SavedQuery = {
  name: 'alerts-by-rule',
  description: 'Messages of the last 30 days by rule, channel and outcome, and the latest of each.',
  portable: true,
  sql: `
select rule, channel, outcome, count(*) as messages, max(attempts) as most_tries, max(settled_at) as latest
from alerts
where day >= cast(cast(current_date - interval '30' day as date) as varchar)
group by rule, channel, outcome
order by messages desc`,
}

export const SAVED_QUERIES: readonly SavedQuery[] = [
  ROI,
  MARKETS_PRICES,
  CLOSING_LINES,
  SERVED,
  VERSIONS,
  LATENCY,
  MISSING,
  DRIFT,
  ALERTS,
].map((query) => ({ ...query, sql: query.sql.trim() }))
