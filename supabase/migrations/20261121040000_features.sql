-- What the features know, for people and dashboards: each table is filled as a whole by a materialization, never by
-- hand. Nothing is invented: what is not known is null.
--
-- Columns of all records of bets:
--   total_bets      settled bets; placed_bets has the open ones too
--   win_rate        wins / decided_bets, those won or lost
--   roi             mean net return per unit staked of returned_bets, single returns cut at 100
--   residual        mean of won - 1/decimal_odds of priced_bets, drawn towards the whole ledger's by empirical Bayes
--   total_amount    stakes of money_bets, the settled ones whose stake and profit are known in `currency`
--   total_profit    their profit, net of the stakes. Both in whole units. No numeric: exact to the cent below 10^13 all
--                   the same, and always a number in JSON, where a numeric may be a text
--   last_known_at   when the latest result was known
--   updated_at      the instant as of which the row holds: it knows what happened before, and nothing since
--   computed_at     when the row was written
--   write_id        the call that wrote it; the rows of a table that is whole have one and the same

create table public.feature_sport_stats (
  sport text primary key,
  win_rate double precision check (win_rate between 0 and 1),
  roi double precision check (roi >= -1),
  total_bets integer not null,
  total_amount double precision,
  total_profit double precision,
  placed_bets integer not null,
  decided_bets integer not null,
  wins integer not null,
  priced_bets integer not null,
  returned_bets integer not null,
  money_bets integer not null,
  residual double precision,
  currency text check (length(currency) = 3),
  last_known_at timestamptz,
  updated_at timestamptz not null,
  computed_at timestamptz not null,
  write_id uuid not null,
  check (0 <= wins and wins <= decided_bets and decided_bets <= total_bets and total_bets <= placed_bets)
);

create table public.feature_sport_market_stats (
  sport text not null,
  market text not null,
  win_rate double precision check (win_rate between 0 and 1),
  roi double precision check (roi >= -1),
  total_bets integer not null,
  total_amount double precision,
  total_profit double precision,
  placed_bets integer not null,
  decided_bets integer not null,
  wins integer not null,
  priced_bets integer not null,
  returned_bets integer not null,
  money_bets integer not null,
  residual double precision,
  currency text check (length(currency) = 3),
  last_known_at timestamptz,
  updated_at timestamptz not null,
  -- Of the last 10 settled bets.
  recent_win_rate double precision check (recent_win_rate between 0 and 1),
  computed_at timestamptz not null,
  write_id uuid not null,
  primary key (sport, market),
  check (0 <= wins and wins <= decided_bets and decided_bets <= total_bets and total_bets <= placed_bets)
);

create table public.feature_institution_stats (
  -- The sportsbook.
  institution_name text primary key,
  win_rate double precision check (win_rate between 0 and 1),
  roi double precision check (roi >= -1),
  total_bets integer not null,
  total_amount double precision,
  total_profit double precision,
  placed_bets integer not null,
  decided_bets integer not null,
  wins integer not null,
  priced_bets integer not null,
  returned_bets integer not null,
  money_bets integer not null,
  residual double precision,
  currency text check (length(currency) = 3),
  last_known_at timestamptz,
  updated_at timestamptz not null,
  computed_at timestamptz not null,
  write_id uuid not null,
  check (0 <= wins and wins <= decided_bets and decided_bets <= total_bets and total_bets <= placed_bets)
);

-- Bets whose source names no league are in no row.
create table public.feature_market_performance (
  sport text not null,
  league text not null,
  market text not null,
  win_rate double precision check (win_rate between 0 and 1),
  roi double precision check (roi >= -1),
  total_bets integer not null,
  total_amount double precision,
  total_profit double precision,
  placed_bets integer not null,
  decided_bets integer not null,
  wins integer not null,
  priced_bets integer not null,
  returned_bets integer not null,
  money_bets integer not null,
  residual double precision,
  currency text check (length(currency) = 3),
  last_known_at timestamptz,
  updated_at timestamptz not null,
  -- Over the last settled bets.
  win_rate_last_10 double precision,
  roi_last_10 double precision,
  win_rate_last_20 double precision,
  roi_last_20 double precision,
  win_rate_last_50 double precision,
  roi_last_50 double precision,
  -- Over the last days of UTC, that of updated_at included: bets placed in them, and results known in them.
  placed_7d integer not null,
  decided_7d integer not null,
  win_rate_7d double precision,
  roi_7d double precision,
  placed_30d integer not null,
  decided_30d integer not null,
  win_rate_30d double precision,
  roi_30d double precision,
  placed_90d integer not null,
  decided_90d integer not null,
  win_rate_90d double precision,
  roi_90d double precision,
  -- Of the last 10 settled bets, less that of all.
  win_rate_momentum double precision,
  roi_momentum double precision,
  -- Wins in a row, losses as a negative number.
  streak integer not null,
  -- 95 % Wilson interval of win_rate.
  win_rate_low double precision,
  win_rate_high double precision,
  win_rate_width double precision,
  -- Sample standard deviation of the returns per unit.
  roi_deviation double precision,
  days_since_last_bet double precision not null check (days_since_last_bet >= 0),
  -- Share in the bets that the ledger placed in the last 30 days; null where it placed none.
  popularity double precision check (popularity between 0 and 1),
  -- min(1, sqrt(decided_bets / 20)).
  sample_adequacy double precision not null check (sample_adequacy between 0 and 1),
  -- 1 / (1 + win_rate_width).
  reliability double precision,
  computed_at timestamptz not null,
  write_id uuid not null,
  primary key (sport, league, market),
  check (0 <= wins and wins <= decided_bets and decided_bets <= total_bets and total_bets <= placed_bets)
);

create table public.feature_metadata (
  feature_name text primary key,
  version text not null,
  type text not null,
  computation_mode text not null,
  -- Fields of a bet that tell whose history a feature is of: none for the whole ledger's, `bet_id` where it comes from
  -- the bet itself.
  entity_key jsonb not null check (jsonb_typeof(entity_key) = 'array'),
  dependencies jsonb not null check (jsonb_typeof(dependencies) = 'array'),
  -- After the last look at the ledger; null: for ever.
  ttl_seconds integer,
  unit text not null,
  missing_policy text not null,
  description text not null,
  last_computed_at timestamptz not null,
  -- Rows of the features layer.
  record_count integer not null check (record_count >= 0),
  -- Identity of the layer's content.
  checksum text not null,
  computed_at timestamptz not null,
  write_id uuid not null
);

comment on column public.feature_sport_stats.roi is
  'Mean net return per unit staked: a fraction, 0.05 is 5 per cent.';
comment on column public.feature_sport_market_stats.roi is
  'Mean net return per unit staked: a fraction, 0.05 is 5 per cent.';
comment on column public.feature_institution_stats.roi is
  'Mean net return per unit staked: a fraction, 0.05 is 5 per cent.';
comment on column public.feature_market_performance.roi is
  'Mean net return per unit staked: a fraction, 0.05 is 5 per cent. The same holds for every roi column of the table.';

-- The market key is for display only: a name may hold a bar. A flag is null where what it is made from is not known.
create view public.market_performance with (security_invoker = true) as
  select
    sport || '|' || league || '|' || market as market_key,
    m.*,
    decided_bets >= 20 as has_adequate_sample,
    win_rate_momentum > 0.05 as is_hot,
    win_rate_momentum < -0.05 as is_cold,
    streak >= 3 as is_on_hot_streak,
    streak <= -3 as is_on_cold_streak,
    roi_momentum > 0.01 as is_roi_improving,
    roi_momentum < -0.01 as is_roi_declining,
    -- By the returns, for a win rate above a half loses money at short prices: the 95 % interval of roi, of 20 bets or
    -- more, lies on one side of nothing.
    returned_bets >= 20 and roi - 1.96 * roi_deviation / sqrt(nullif(returned_bets, 0)) > 0
      as is_significantly_profitable,
    returned_bets >= 20 and roi + 1.96 * roi_deviation / sqrt(nullif(returned_bets, 0)) < 0
      as is_significantly_unprofitable
  from public.feature_market_performance as m;

alter table public.feature_sport_stats enable row level security;
alter table public.feature_sport_market_stats enable row level security;
alter table public.feature_institution_stats enable row level security;
alter table public.feature_market_performance enable row level security;
alter table public.feature_metadata enable row level security;

revoke all on public.feature_sport_stats, public.feature_sport_market_stats, public.feature_institution_stats,
  public.feature_market_performance, public.feature_metadata from anon, authenticated;
grant all on public.feature_sport_stats, public.feature_sport_market_stats, public.feature_institution_stats,
  public.feature_market_performance, public.feature_metadata to service_role;

-- Hosted projects grant new objects to everyone by default.
revoke all on public.market_performance from anon, authenticated;
grant select on public.market_performance to service_role;
