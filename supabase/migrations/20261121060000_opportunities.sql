-- Prices that a client saw and thought worth a look. They live for a day or until their event begins, and are no part of
-- the ledger: nothing is learned from them.

create table public.opportunities (
  -- Hash of sport, league, market, book, selection and price: the same offer seen again is the same row.
  id text primary key check (id ~ '^[0-9a-f]{64}$'),
  sport text not null,
  league text,
  market text not null,
  book text not null,
  selection text,
  american_odds double precision check (abs(american_odds) >= 100),
  -- What the client expects of one unit staked, in per cent; the latest that it told.
  expected_value_pct double precision,
  -- When the client saw it, by its own clock.
  observed_at timestamptz,
  captured_at timestamptz not null,
  last_seen_at timestamptz not null,
  seen_count integer not null check (seen_count >= 1),
  expires_at timestamptz not null,
  -- Whether the client told the expiry; a default never takes its place.
  is_expiry_given boolean not null,
  check (captured_at <= last_seen_at)
);

create index opportunities_by_capture on public.opportunities (captured_at, id);
create index opportunities_by_expiry on public.opportunities (expires_at);

-- Keeps offers, each id once, and returns how many are new; one whose life was over begins anew. Of those that expired
-- before `remove_before` it removes a bounded number.
create function public.capture_opportunities(
  offers jsonb, seen_at timestamptz, remove_before timestamptz, remove_at_most integer
) returns integer
language sql set search_path = '' as $$
  with given as (
    select * from jsonb_to_recordset(offers) as r (
      id text, sport text, league text, market text, book text, selection text, american_odds double precision,
      expected_value_pct double precision, observed_at timestamptz, expires_at timestamptz, is_expiry_given boolean,
      sightings integer
    )
  ),
  kept as (
    insert into public.opportunities as o (
      id, sport, league, market, book, selection, american_odds, expected_value_pct, observed_at, captured_at,
      last_seen_at, seen_count, expires_at, is_expiry_given
    )
    select
      g.id, g.sport, g.league, g.market, g.book, g.selection, g.american_odds, g.expected_value_pct, g.observed_at,
      seen_at, seen_at, g.sightings, g.expires_at, g.is_expiry_given
    from given as g
    order by g.id
    on conflict (id) do update set
      expected_value_pct = coalesce(
        excluded.expected_value_pct, case when o.expires_at > seen_at then o.expected_value_pct end
      ),
      observed_at = coalesce(excluded.observed_at, case when o.expires_at > seen_at then o.observed_at end),
      captured_at = case when o.expires_at > seen_at then least(o.captured_at, excluded.captured_at) else seen_at end,
      last_seen_at = greatest(o.last_seen_at, excluded.last_seen_at),
      seen_count = excluded.seen_count + case when o.expires_at > seen_at then o.seen_count else 0 end,
      expires_at = case
        when o.expires_at > seen_at and o.is_expiry_given and not excluded.is_expiry_given then o.expires_at
        else excluded.expires_at
      end,
      is_expiry_given = excluded.is_expiry_given or (o.is_expiry_given and o.expires_at > seen_at)
    returning o.id, o.seen_count
  ),
  removed as (
    delete from public.opportunities as o where o.id in (
      select e.id from public.opportunities as e
      where e.expires_at < remove_before and e.id not in (select g.id from given as g)
      order by e.expires_at
      limit remove_at_most
    )
  )
  -- A life that goes on has been counted before.
  select count(*)::integer from kept join given on given.id = kept.id where kept.seen_count = given.sightings
$$;

-- The next opportunities of a list, newest capture first, ties by id; as `list_bets`.
create function public.list_opportunities(filter jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(page) order by page.captured_at desc, page.id desc), '[]'::jsonb) from (
    select o.* from public.opportunities as o
    where (o.captured_at, o.id) < (
        coalesce((filter ->> 'after_captured_at')::timestamptz, 'infinity'::timestamptz),
        coalesce(filter ->> 'after_id', '')
      )
      and (filter ->> 'sport' is null or o.sport = filter ->> 'sport')
      and (filter ->> 'league' is null or o.league = filter ->> 'league')
      and (filter ->> 'market' is null or o.market = filter ->> 'market')
      and (filter ->> 'book' is null or o.book = filter ->> 'book')
      and (filter ->> 'min_value_pct' is null or o.expected_value_pct >= (filter ->> 'min_value_pct')::double precision)
      and (filter ->> 'alive_at' is null or o.expires_at > (filter ->> 'alive_at')::timestamptz)
    order by o.captured_at desc, o.id desc
    limit (filter ->> 'page_rows')::integer
  ) as page
$$;

alter table public.opportunities enable row level security;

-- Hosted projects grant new objects to everyone by default.
revoke all on public.opportunities from anon, authenticated;
grant all on public.opportunities to service_role;
revoke all on function public.capture_opportunities(jsonb, timestamptz, timestamptz, integer),
  public.list_opportunities(jsonb) from public, anon, authenticated;
grant execute on function public.capture_opportunities(jsonb, timestamptz, timestamptz, integer),
  public.list_opportunities(jsonb) to service_role;
