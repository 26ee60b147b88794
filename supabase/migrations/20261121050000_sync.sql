-- What the API reads and writes of the ledger, each in one request: values go in as JSON and are compared as they are,
-- so no name can be read as a part of a query.

-- The newest change time that a source told of a bet, by that source's clock. Beside the bets and not in them, so that a
-- source that stamps its rows anew without changing them makes nothing look changed.
create table public.bet_versions (
  id text primary key references public.bets (id) on delete cascade,
  changed_at timestamptz not null
);

-- Whether there are any is asked with every batch.
create index bets_of_the_simulator on public.bets (id) where origin = 'demo';

-- What a writer must have read to replace a bet, from the transactions that wrote the bet and its change time: a clock
-- could show two changes at one instant.
create function public.bet_version(bet xid, change_time xid) returns text
language sql immutable set search_path = '' as $$
  select bet::text || '/' || coalesce(change_time::text, '')
$$;

-- The bets of some ids as they stand, and whether the simulator's are there.
create function public.bets_to_sync(ids jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'has_demo', exists (select 1 from public.bets where origin = 'demo'),
    'bets', coalesce(
      (
        select jsonb_agg(
          to_jsonb(b)
            || jsonb_build_object('changed_at', v.changed_at, 'version', public.bet_version(b.xmin, v.xmin))
        )
        from public.bets as b
        left join public.bet_versions as v on v.id = b.id
        where b.id in (select jsonb_array_elements_text(ids))
      ),
      '[]'::jsonb
    )
  )
$$;

-- Writes bets, all or none, and returns the ids of those written: a bet that is not as its writer read it (`version`,
-- null where there was none) stays as it is. `seen` are bets whose content is known and whose change time is news.
create function public.sync_bets(changes jsonb, seen jsonb, brought_by text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  written text[];
begin
  -- In order of id, so that batches with the same bets wait for one another and not in a circle.
  perform 1 from public.bets as b
    where b.id in (select item ->> 'id' from jsonb_array_elements(changes || seen) as item)
    order by b.id for update;

  with given as (
    select * from jsonb_to_recordset(changes) as r (
      id text, origin text, state text, bet_type text, sport text, league text, market text, book text, selection text,
      is_live boolean, is_free_bet boolean, decimal_odds double precision, stake_minor bigint, profit_minor bigint,
      currency text, return_per_unit double precision, closing_line_value double precision, placed_at timestamptz,
      settled_at timestamptz, result_known_at timestamptz, version text
    )
  ),
  inserted as (
    insert into public.bets (
      id, origin, state, bet_type, sport, league, market, book, selection, is_live, is_free_bet, decimal_odds,
      stake_minor, profit_minor, currency, return_per_unit, closing_line_value, placed_at, settled_at, result_known_at,
      import_id
    )
    select
      g.id, g.origin, g.state, g.bet_type, g.sport, g.league, g.market, g.book, g.selection, g.is_live, g.is_free_bet,
      g.decimal_odds, g.stake_minor, g.profit_minor, g.currency, g.return_per_unit, g.closing_line_value, g.placed_at,
      g.settled_at, g.result_known_at, brought_by
    from given as g where g.version is null
    order by g.id
    on conflict (id) do nothing
    returning id
  ),
  updated as (
    update public.bets as b set
      origin = g.origin, state = g.state, bet_type = g.bet_type, sport = g.sport, league = g.league, market = g.market,
      book = g.book, selection = g.selection, is_live = g.is_live, is_free_bet = g.is_free_bet,
      decimal_odds = g.decimal_odds, stake_minor = g.stake_minor, profit_minor = g.profit_minor, currency = g.currency,
      return_per_unit = g.return_per_unit, closing_line_value = g.closing_line_value, placed_at = g.placed_at,
      settled_at = g.settled_at, result_known_at = g.result_known_at, import_id = brought_by
    from given as g
    where b.id = g.id
      and g.version = public.bet_version(b.xmin, (select v.xmin from public.bet_versions as v where v.id = b.id))
    returning b.id
  )
  select coalesce(array_agg(w.id), '{}') into written
    from (select i.id from inserted as i union all select u.id from updated as u) as w;

  -- A bet that is only seen was not written above, so that its version is still the one read.
  written := written || coalesce(
    (
      select array_agg(s.id) from jsonb_to_recordset(seen) as s (id text, version text)
      join public.bets as b on b.id = s.id
      left join public.bet_versions as v on v.id = s.id
      where s.version = public.bet_version(b.xmin, v.xmin)
    ),
    '{}'
  );

  insert into public.bet_versions (id, changed_at)
    select g.id, g.changed_at from jsonb_to_recordset(changes || seen) as g (id text, changed_at timestamptz)
    where g.changed_at is not null and g.id = any (written)
    order by g.id
    on conflict (id) do update set changed_at = greatest(public.bet_versions.changed_at, excluded.changed_at);

  return to_jsonb(written);
end
$$;

-- The next bets of a list, newest placement first, ties by id. What the filter does not name, or names null, lets all
-- through; `after_placed_at` and `after_id` are those of the last bet seen.
create function public.list_bets(filter jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(page) order by page.placed_at desc, page.id desc), '[]'::jsonb) from (
    select b.* from public.bets as b
    where (b.placed_at, b.id) < (
        coalesce((filter ->> 'after_placed_at')::timestamptz, 'infinity'::timestamptz),
        coalesce(filter ->> 'after_id', '')
      )
      and (filter ->> 'sport' is null or b.sport = filter ->> 'sport')
      and (filter ->> 'league' is null or b.league = filter ->> 'league')
      and (filter ->> 'market' is null or b.market = filter ->> 'market')
      and (filter ->> 'book' is null or b.book = filter ->> 'book')
      and (filter ->> 'bet_type' is null or b.bet_type = filter ->> 'bet_type')
      and (filter ->> 'state' is null or b.state = filter ->> 'state')
      and (filter ->> 'origin' is null or b.origin = filter ->> 'origin')
      and (filter ->> 'is_settled' is null or (b.state <> 'open') = (filter ->> 'is_settled')::boolean)
      and (filter ->> 'is_live' is null or b.is_live = (filter ->> 'is_live')::boolean)
      and (filter ->> 'placed_from' is null or b.placed_at >= (filter ->> 'placed_from')::timestamptz)
      and (filter ->> 'placed_before' is null or b.placed_at < (filter ->> 'placed_before')::timestamptz)
      and (filter ->> 'min_decimal_odds' is null or b.decimal_odds >= (filter ->> 'min_decimal_odds')::double precision)
      and (filter ->> 'max_decimal_odds' is null or b.decimal_odds <= (filter ->> 'max_decimal_odds')::double precision)
    order by b.placed_at desc, b.id desc
    limit (filter ->> 'page_rows')::integer
  ) as page
$$;

alter table public.bet_versions enable row level security;

-- Hosted projects grant new objects to everyone by default.
revoke all on public.bet_versions from anon, authenticated;
grant all on public.bet_versions to service_role;
revoke all on function public.bet_version(xid, xid), public.bets_to_sync(jsonb),
  public.sync_bets(jsonb, jsonb, text), public.list_bets(jsonb) from public, anon, authenticated;
grant execute on function public.bet_version(xid, xid), public.bets_to_sync(jsonb),
  public.sync_bets(jsonb, jsonb, text), public.list_bets(jsonb) to service_role;
