-- Reports of drift checks, for people and dashboards: what is served is the JSON in the object store, of which this is a
-- copy.

create table public.drift_reports (
  -- Name of the report's file.
  id text primary key,
  checked_at timestamptz not null,
  status text not null check (status in ('stable', 'drifted', 'insufficient_data')),
  -- Null where no model served.
  model_version text,
  baseline_version text not null,
  window_days integer not null check (window_days >= 1),
  current_samples integer not null check (current_samples >= 0),
  total_features_checked integer not null check (total_features_checked >= 0),
  features_with_drift integer not null check (features_with_drift >= 0),
  drifted_features text[] not null,
  requires_retraining boolean not null,
  report jsonb not null,
  check (features_with_drift = cardinality(drifted_features))
);

create index drift_reports_by_time on public.drift_reports (checked_at desc);

alter table public.drift_reports enable row level security;

-- Hosted projects grant new objects to everyone by default.
revoke all on public.drift_reports from anon, authenticated;
grant all on public.drift_reports to service_role;
