-- Quarantine for every source of rows: what is needed to read a refused row again, and what became of it.

alter table public.bets
  -- The import that brought the bet as it stands; null where none did. Not indexed: lineage follows it from bet to import.
  add column import_id text;

alter table public.imports
  -- Recorded before its first bet is saved. Without this time it was cut off: the counts are what it set out to do, and
  -- importing the file again does the rest.
  alter column finished_at drop not null,
  -- Null in records older than these columns.
  add column file_sha256 text check (file_sha256 ~ '^[0-9a-f]{64}$'),
  -- The file's header: the text of a refused row is read again by it.
  add column columns jsonb check (jsonb_typeof(columns) = 'array');

create index imports_by_start on public.imports (started_at desc, id);

alter table public.quarantine rename column file_name to source_name;

alter table public.quarantine
  alter column import_id drop not null,
  alter column line drop not null,
  -- Order of arrival, for paging: rows of one statement share their time.
  add column position bigint generated always as identity unique,
  add column source_kind text not null default 'file' check (source_kind in ('file', 'table')),
  -- The pipeline's run that refused a table's row.
  add column run_id text,
  add column status text not null default 'waiting' check (status in ('waiting', 'released', 'discarded')),
  add column resolved_at timestamptz,
  -- The bet that the row became.
  add column released_as text,
  add check ((source_kind = 'file') = (import_id is not null and line is not null)),
  add check ((source_kind = 'table') = (run_id is not null)),
  add check ((status = 'waiting') = (resolved_at is null)),
  add check ((status = 'released') = (released_as is not null));

alter table public.quarantine alter column source_kind drop default;

comment on column public.quarantine.id is
  'Hash of layout, raw text and occurrence: a row that every export repeats is kept once.';

create index quarantine_by_status on public.quarantine (status, position);

create view public.quarantine_counts with (security_invoker = true) as
  select status, reason, count(*)::integer as row_count from public.quarantine group by status, reason;

-- What became of rows, all of them in one transaction. A released row stays released. Without a status the row was
-- tried again and refused: it stays where it is and bears the new reason. Returns how many rows it found.
create function public.resolve_quarantine(resolutions jsonb) returns integer
language sql set search_path = '' as $$
  with resolved as (
    update public.quarantine as kept set
      status = coalesce(r.status, kept.status),
      resolved_at = case when r.status is null then kept.resolved_at else clock_timestamp() end,
      released_as = r.released_as,
      reason = case when r.status is null then r.reason else kept.reason end,
      field = case when r.status is null then r.field else kept.field end,
      detail = case when r.status is null then r.detail else kept.detail end
    from jsonb_to_recordset(resolutions) as r (
      id text, status text, released_as text, reason text, field text, detail text
    )
    where kept.id = r.id and kept.status <> 'released'
    returning 1
  )
  select count(*)::integer from resolved
$$;

-- Hosted projects grant new objects to everyone by default.
revoke all on public.quarantine_counts from anon, authenticated;
grant select on public.quarantine_counts to service_role;
revoke all on function public.resolve_quarantine(jsonb) from public, anon, authenticated;
grant execute on function public.resolve_quarantine(jsonb) to service_role;
