-- breaking: no
-- What takes a second person: one proposes it and says why, another one decides. A proposal is never changed but by its one decision,
-- and never removed.
create table proposal (
  n bigint generated always as identity unique,
  proposal_id text primary key,
  -- The kind of record, or 'grant'.
  target_kind text not null,
  target_id text not null,
  -- The version of the record that stood when it was proposed; null: none, or no record.
  standing_version int,
  -- JSON, as it came.
  body text not null,
  about_wearer_id text,
  reason text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  correlation_id text,
  decision text check (decision in ('approved', 'refused', 'withdrawn')),
  decided_by text,
  decided_at timestamptz,
  decision_reason text,
  check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
  check (decision is null or decision = 'withdrawn' or decided_by <> proposed_by)
);
create index proposal_open on proposal (n) where decision is null;

create function keep_proposal() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.decision is null
     and to_jsonb(old) - array['decision', 'decided_by', 'decided_at', 'decision_reason']
       = to_jsonb(new) - array['decision', 'decided_by', 'decided_at', 'decision_reason'] then
    return new;
  end if;
  raise exception 'a proposal is decided once and otherwise never changed';
end $$;
create trigger proposal_kept before update or delete on proposal for each row execute function keep_proposal();
