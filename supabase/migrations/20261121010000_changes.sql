-- What the pipeline reads and leaves: deletions as a change like any other, and its runs.

-- A bet that was deleted, and when. Without it nobody could tell a deletion from a row that was never read.
create table public.bet_deletions (
  id text primary key,
  deleted_at timestamptz not null default clock_timestamp()
);

create index bet_deletions_by_time on public.bet_deletions (deleted_at, id);

create function public.record_bet_deletions() returns trigger language plpgsql set search_path = '' as $$
begin
  insert into public.bet_deletions (id, deleted_at)
  select id, clock_timestamp() from deleted_bets
  on conflict (id) do update set deleted_at = excluded.deleted_at;
  return null;
end
$$;

create trigger bets_record_deletions after delete on public.bets
  referencing old table as deleted_bets
  for each statement execute function public.record_bet_deletions();

-- A bet that comes back is no deletion any more. One restored with the change time that it had is found by a full run.
create function public.forget_bet_deletions() returns trigger language plpgsql set search_path = '' as $$
begin
  delete from public.bet_deletions where id in (select id from inserted_bets);
  return null;
end
$$;

create trigger bets_forget_deletions after insert on public.bets
  referencing new table as inserted_bets
  for each statement execute function public.forget_bet_deletions();

create table public.pipeline_runs (
  id text primary key,
  sequence integer not null,
  trigger text not null,
  mode text not null,
  verdict text not null check (verdict in ('passed', 'quality_gate_failed')),
  started_at timestamptz not null,
  finished_at timestamptz not null,
  bets integer not null,
  -- The lineage manifest, as the lake holds it.
  manifest jsonb not null
);

create index pipeline_runs_by_time on public.pipeline_runs (started_at desc);

alter table public.bet_deletions enable row level security;
alter table public.pipeline_runs enable row level security;

revoke all on public.bet_deletions, public.pipeline_runs from anon, authenticated;
grant all on public.bet_deletions, public.pipeline_runs to service_role;
