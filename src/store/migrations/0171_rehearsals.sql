-- breaking: no
-- Rehearsals: which drafts somebody tried over whose tracks, and why; and what they would have raised. What was asked for never changes,
-- what was found neither, and nothing is removed.
create table rehearsal (
  n bigint generated always as identity primary key,
  rehearsal_id text not null unique,
  requested_by text not null,
  requested_at timestamptz not null,
  reason text not null,
  correlation_id text,
  -- Whose tracks are judged: it is read by who may see them.
  wearer_ids text[] not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  -- JSON: records that are not in force.
  drafts text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'ready', 'failed', 'cancelled')),
  -- How many of the wearers are judged.
  wearers_done int not null default 0,
  ended_at timestamptz,
  -- Why there is no result.
  failure text,
  -- JSON.
  result text,
  check ((state in ('ready', 'failed', 'cancelled')) = (ended_at is not null)),
  check ((state = 'ready') = (result is not null)),
  check ((state = 'failed') = (failure is not null))
);
create index rehearsal_waiting on rehearsal (n) where state in ('queued', 'running');

create function keep_rehearsal() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state in ('queued', 'running')
     and to_jsonb(old) - array['state', 'wearers_done', 'ended_at', 'failure', 'result']
       = to_jsonb(new) - array['state', 'wearers_done', 'ended_at', 'failure', 'result'] then
    return new;
  end if;
  raise exception 'a rehearsal ends once and is otherwise never changed';
end $$;
create trigger rehearsal_kept before update or delete on rehearsal for each row execute function keep_rehearsal();
