-- What the recorder writes: the track, the alerts and their events, what was rejected, and how far each log has been read.

create extension if not exists postgis;

-- How far a reader has got in the log. It moves in the transaction that writes what was read.
create table log_position (
  reader text not null,
  topic text not null,
  partition int not null,
  -- The log's own identity: under another epoch the offsets mean nothing, and reading begins at the start.
  epoch text not null,
  next_offset bigint not null,
  moved_at timestamptz not null default now(),
  primary key (reader, topic, partition)
);

-- The track. One row a ping, whatever it was worth: not_judged says why it was no evidence.
-- The key begins with the tag, so it is the index of a trail; the partition takes the place of an index on the day.
-- The position is a geometry only (a point keeps both doubles exactly: st_y and st_x give back what came in).
create table ping (
  tag_id text not null,
  fixed_at timestamptz not null,
  -- The tag's sequence number or a hash of the content.
  identity text collate "C" not null,
  sequence bigint,
  received_at timestamptz not null,
  position geometry(Point, 4326),
  accuracy_metres double precision,
  mechanism text,
  speed_kmh double precision,
  heading_degrees double precision,
  altitude_metres double precision,
  satellites int,
  battery_percent double precision,
  device_events text[] not null default '{}',
  -- Whether the tag was on somebody at that time, as far as was known when this was recorded.
  fitted text not null check (fitted in ('fitted', 'not-fitted', 'unknown-tag')),
  not_judged text check (not_judged in ('no-position', 'no-accuracy', 'mechanism', 'ahead-of-clock')),
  log_partition int not null,
  log_offset bigint not null,
  primary key (tag_id, fixed_at, identity)
) partition by range (fixed_at);

create index ping_fixed_at on ping using brin (fixed_at);

-- What is older than 400 days when it comes, or otherwise has no day of its own: else hostile dates would make thousands.
create table ping_other partition of ping default;

-- Makes the partition of one UTC day, e.g. ping_20261122; tells whether it was missing. Rows of that day which had gone to
-- ping_other move over.
create function make_ping_partition(day date) returns boolean language plpgsql as $$
declare
  part text := 'ping_' || to_char(day, 'YYYYMMDD');
  opens timestamptz := day::timestamp at time zone 'UTC';
  closes timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
  if to_regclass(part) is not null then
    return false;
  end if;
  -- One at a time, and nothing goes to ping_other meanwhile. (After an advisory lock the name would still be looked up in
  -- the session's old cache.)
  lock table ping_other in share row exclusive mode;
  if to_regclass(part) is not null then
    return false;
  end if;
  execute format('create table %I (like ping including defaults including constraints)', part);
  execute format(
    'with moved as (delete from ping_other where fixed_at >= %L and fixed_at < %L returning *) insert into %I select * from moved',
    opens, closes, part);
  execute format('alter table ping attach partition %I for values from (%L) to (%L)', part, opens, closes);
  return true;
end $$;

-- Gives a closed day the spatial index that would make its inserts two to three times slower. Tells whether it was missing.
create function index_ping_partition(day date) returns boolean language plpgsql as $$
declare
  part text := 'ping_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(part) is null or to_regclass(part || '_position') is not null then
    return false;
  end if;
  execute format('create index %I on %I using gist (position)', part || '_position', part);
  return true;
end $$;

-- The alerts' log as it was read: the engine's findings and people's actions. A repeat has no row of its own.
create table alert_event (
  -- In the order in which they were read, over all epochs.
  event_number bigint generated always as identity,
  -- Its offset in tagwatch.alerts, within the epoch of that log.
  epoch text not null,
  seq bigint not null,
  -- The engine's ids are derived from what is told; a person's is the Idempotency-Key of the request.
  event_id text not null,
  alert_id text collate "C" not null,
  outcome text not null check (outcome in ('accepted', 'refused')),
  -- Why an action did not count.
  refusal jsonb,
  type text not null,
  wearer_id text not null,
  event jsonb not null,
  recorded_at timestamptz not null default now(),
  primary key (epoch, seq)
);

create index alert_event_alert on alert_event (alert_id, event_number);

-- One row an alert: the fold of its events, and columns of it to search by.
create table alert (
  alert_id text collate "C" primary key,
  wearer_id text not null,
  tag_id text not null,
  kind text not null,
  severity text not null,
  status text not null check (status in ('open', 'closed')),
  raised_at timestamptz not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  revision int not null,
  actions int not null,
  historic boolean not null,
  last_seq bigint not null,
  -- `Alert` of src/alerts/alert.ts, whole.
  fold jsonb not null
);

create index alert_raised on alert (raised_at desc, alert_id);
create index alert_wearer on alert (wearer_id, raised_at desc, alert_id);
create index alert_open on alert (raised_at desc, alert_id) where status = 'open';

-- What could not be used: by intake and engine (read from tagwatch.rejected), or refused by this database.
create table rejected_message (
  rejected_id bigint generated always as identity primary key,
  -- Where its record stands.
  epoch text not null,
  log_topic text not null,
  log_partition int not null,
  log_offset bigint not null,
  reason text not null,
  detail text not null,
  rejected_at timestamptz not null,
  source jsonb,
  tag_id text,
  payload bytea not null,
  unique (epoch, log_topic, log_partition, log_offset)
);

create index rejected_message_at on rejected_message (rejected_at);
