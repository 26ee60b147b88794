-- The ledger: bets, what imports did, and the rows that could not be understood.
--
-- Who may do what: the API and the scheduled functions use the service role, which may do everything.
-- `anon` and `authenticated` may do nothing: row-level security is on and no policy lets them in, so a leaked
-- publishable key shows no bet. People reach their data through the API alone.

create table public.bets (
  id text primary key check (length(id) between 1 and 100),
  origin text not null check (origin in ('import', 'demo')),
  state text not null check (state in ('open', 'won', 'lost', 'push', 'void', 'half_won', 'half_lost', 'cashed_out')),
  bet_type text not null,
  sport text,
  league text,
  market text,
  book text,
  selection text,
  is_live boolean not null,
  is_free_bet boolean not null,
  -- Total return per unit staked; the canonical price.
  decimal_odds double precision check (decimal_odds > 1),
  -- Money in minor units of `currency`; profit is net of the stake.
  stake_minor bigint check (stake_minor >= 0),
  profit_minor bigint,
  currency text check (length(currency) = 3),
  return_per_unit double precision check (return_per_unit >= -1),
  -- Price taken / closing price - 1. Evaluates a bet, never predicts it.
  closing_line_value double precision,
  placed_at timestamptz not null,
  settled_at timestamptz check (settled_at >= placed_at),
  imported_at timestamptz not null default now(),
  -- The clock and not the transaction's start, so that no later change bears an earlier stamp.
  updated_at timestamptz not null default clock_timestamp()
);

create index bets_by_change on public.bets (updated_at, id);
create index bets_by_placement on public.bets (placed_at, id);
create index bets_by_market on public.bets (sport, market);

create function public.touch_updated_at() returns trigger language plpgsql set search_path = '' as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end
$$;

create trigger bets_touch_updated_at before update on public.bets
  for each row execute function public.touch_updated_at();

create table public.imports (
  id text primary key,
  file_name text not null,
  format text not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  -- rows_read = rows_imported + rows_updated + rows_unchanged + rows_quarantined
  rows_read integer not null,
  rows_imported integer not null,
  rows_updated integer not null,
  rows_unchanged integer not null,
  rows_quarantined integer not null,
  check (rows_read = rows_imported + rows_updated + rows_unchanged + rows_quarantined)
);

create table public.quarantine (
  -- Hash of layout, reason, raw text and occurrence: a row that every export repeats is kept once.
  id text primary key,
  import_id text not null references public.imports (id),
  file_name text not null,
  line integer not null,
  reason text not null,
  field text,
  detail text not null,
  raw text not null,
  quarantined_at timestamptz not null default now()
);

create index quarantine_by_import on public.quarantine (import_id);

alter table public.bets enable row level security;
alter table public.imports enable row level security;
alter table public.quarantine enable row level security;

revoke all on public.bets, public.imports, public.quarantine from anon, authenticated;
grant all on public.bets, public.imports, public.quarantine to service_role;
