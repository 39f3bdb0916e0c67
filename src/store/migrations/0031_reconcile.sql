-- What of an activation's past is to be judged again: the engine asks for it in tagwatch.inputs, the recorder merges it here in the
-- transaction that moves its place, the reconciler works it off. Times are the tag's own but for the last four.
create table reconcile_request (
  request_id bigint generated always as identity primary key,
  activation_id text not null unique,
  tag_id text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- The live base: what begins at or after it is the live engine's.
  base_at timestamptz not null,
  -- The newest record that asked.
  epoch text not null,
  log_partition int not null,
  log_offset bigint not null,
  attempts int not null default 0,
  last_error text,
  -- When the log took the first and the newest record that asked.
  first_requested_at timestamptz not null,
  requested_at timestamptz not null,
  -- While a reconciler has it in hand; one that died has it no longer than this.
  leased_until timestamptz,
  -- Not to be tried again before; infinity: not until somebody asks again.
  not_before timestamptz
);

create index reconcile_request_first on reconcile_request (first_requested_at);
