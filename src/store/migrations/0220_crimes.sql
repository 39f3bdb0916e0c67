-- breaking: no
-- Crimes that are matched: a batch is a file under an authority, a run is one go over it, a result is what a run says of one crime. What
-- people make of a match stands beside it. Nothing is changed once it has ended, and nothing is removed.
create table crime_batch (
  n bigint generated always as identity primary key,
  batch_id text not null unique,
  name text not null,
  requested_by text not null,
  requested_at timestamptz not null,
  purpose text not null,
  authority_reference text not null,
  authority_scope text not null,
  authority_until timestamptz not null,
  radius_metres double precision not null,
  fastest_metres_per_second double precision not null,
  sha256 text not null,
  repeats int not null,
  -- JSON: rows that could not be used, by line.
  faults text not null,
  fault_count int not null,
  correlation_id text
);

create table crime (
  batch_id text not null references crime_batch (batch_id),
  -- From 1, as the file has them.
  place int not null,
  force text not null,
  reference text not null,
  version int not null,
  -- JSON: what it says. Another batch with the same is of the same version.
  content text not null,
  primary key (batch_id, place)
);
create index crime_named on crime (force, reference, version desc);

create table crime_run (
  n bigint generated always as identity primary key,
  batch_id text not null references crime_batch (batch_id),
  run int not null,
  requested_by text not null,
  requested_at timestamptz not null,
  -- Whose tracks are examined: it is read by who may see them.
  wearer_ids text[] not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'ready', 'failed')),
  wearers_done int not null default 0,
  -- How often it was begun: what brings the program down is not begun for ever.
  attempts int not null default 0,
  ended_at timestamptz,
  -- Why there is no result.
  failure text,
  unique (batch_id, run),
  check ((state in ('ready', 'failed')) = (ended_at is not null)),
  check ((state = 'failed') = (failure is not null))
);
create index crime_run_waiting on crime_run (n) where state in ('queued', 'running');

create table crime_result (
  batch_id text not null,
  run int not null,
  place int not null,
  -- JSON.
  matches text not null,
  cannot_say text[] not null,
  primary key (batch_id, run, place),
  foreign key (batch_id, run) references crime_run (batch_id, run),
  foreign key (batch_id, place) references crime (batch_id, place)
);

create table match_decision (
  n bigint generated always as identity primary key,
  batch_id text not null,
  place int not null,
  run int not null,
  wearer_id text not null,
  decision text not null check (decision in ('qualified', 'eliminated')),
  reason text not null,
  decided_by text not null,
  decided_at timestamptz not null,
  foreign key (batch_id, run, place) references crime_result (batch_id, run, place)
);
create index match_decision_of on match_decision (batch_id, place, n desc);

create function keep_crimes() returns trigger language plpgsql as $$
begin
  raise exception 'what stands of crimes and matches is never changed';
end $$;
create trigger crime_batch_kept before update or delete on crime_batch for each row execute function keep_crimes();
create trigger crime_kept before update or delete on crime for each row execute function keep_crimes();
create trigger crime_result_kept before update or delete on crime_result for each row execute function keep_crimes();
create trigger match_decision_kept before update or delete on match_decision for each row execute function keep_crimes();

create function keep_crime_run() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state in ('queued', 'running')
     and to_jsonb(old) - array['state', 'wearers_done', 'attempts', 'ended_at', 'failure']
       = to_jsonb(new) - array['state', 'wearers_done', 'attempts', 'ended_at', 'failure'] then
    return new;
  end if;
  raise exception 'a run ends once and is otherwise never changed';
end $$;
create trigger crime_run_kept before update or delete on crime_run for each row execute function keep_crime_run();
