-- When a result was first told. A result that arrives days after its event was not known meanwhile: what is learned
-- from the ledger must count it from when it came, not from when the event ended.

alter table public.bets
  -- Null where the bet came with its result, and in rows older than the column: only settled_at says it then.
  add column result_known_at timestamptz check (result_known_at >= placed_at);

-- The ledger alone can tell: a writer has the newest record of a bet, not what stood in the ledger before it. So the
-- column is decided here and what an update sends for it is not asked. An insert stores what it is sent: null from an
-- import, and from a restore the value that was lost with the row.
create function public.note_result_known() returns trigger language plpgsql set search_path = '' as $$
begin
  if new.state = old.state then
    new.result_known_at := old.result_known_at;
  elsif new.state = 'open' then
    new.result_known_at := null;
  else
    -- The clock and not the transaction's start, as in updated_at: a result is never known before it is there.
    new.result_known_at := clock_timestamp();
  end if;
  -- A source whose clock is ahead of ours, or that moves a placement, must not make a row that nobody can read.
  if new.result_known_at < new.placed_at then
    new.result_known_at := new.placed_at;
  end if;
  return new;
end
$$;

-- Fires before bets_touch_updated_at, by the order of their names. Each sets a column that the other does not read, so
-- either order is right.
create trigger bets_note_result_known before update on public.bets
  for each row execute function public.note_result_known();
