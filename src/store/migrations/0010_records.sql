-- Records: what people write about wearers and what applies to them. Identifiers are the callers' own. Instants are UTC.

create table wearer (
  wearer_id text primary key,
  name text not null,
  division text,
  rag text check (rag in ('red', 'amber', 'green')),
  version integer not null,
  recorded_at timestamptz not null
);

create table tag_model (
  model_id text primary key,
  name text not null,
  supplier text,
  accuracy_convention text not null check (accuracy_convention in ('r68', 'r95')),
  default_accuracy_metres double precision,
  interval_seconds double precision not null,
  version integer not null,
  recorded_at timestamptz not null
);

create table tag (
  tag_id text primary key,
  model_id text references tag_model,
  version integer not null,
  recorded_at timestamptz not null
);
create index tag_by_model on tag (model_id);

-- Overlaps are refused under a lock on the tag and the wearer (activations.ts): an exclusion constraint would need btree_gist
-- and could not name what is in the way. An activation that was written by mistake is closed at the instant it began.
create table activation (
  activation_id text primary key,
  tag_id text not null references tag,
  wearer_id text not null references wearer,
  fitted_at timestamptz not null,
  removed_at timestamptz check (removed_at >= fitted_at),
  version integer not null,
  recorded_at timestamptz not null
);
create index activation_by_tag on activation (tag_id, fitted_at);
create index activation_by_wearer on activation (wearer_id, fitted_at);

create table legal_order (
  order_id text primary key,
  wearer_id text not null references wearer,
  type text not null check (type in ('hdc', 'licence', 'bail', 'community-order', 'suspended-sentence', 'dapo', 'voluntary')),
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at >= starts_at),
  version integer not null,
  recorded_at timestamptz not null
);
create index legal_order_by_wearer on legal_order (wearer_id);

-- Every version of the records above, as it was written.
create table record_version (
  record_kind text not null,
  record_id text not null,
  version integer not null,
  recorded_at timestamptz not null,
  content jsonb not null,
  primary key (record_kind, record_id, version)
);

create table zone (
  zone_id text primary key,
  version integer not null
);

-- A version is in force from effective_at (null: always) until the earliest effective_at of a later version.
create table zone_version (
  zone_id text not null references zone,
  version integer not null,
  effective_at timestamptz,
  effective_at_given boolean not null,
  recorded_at timestamptz not null,
  name text not null,
  priority text not null check (priority in ('victim', 'high', 'standard')),
  buffer_metres double precision,
  area_square_metres double precision not null,
  -- The engine's shape: what the engine judges by, to the last digit.
  shape jsonb not null,
  -- A circle is the buffer of its centre, for maps and for searches.
  geometry geometry(Geometry, 4326) not null,
  primary key (zone_id, version)
);
create index zone_version_by_geometry on zone_version using gist (geometry);

create table condition (
  condition_id text primary key,
  order_id text references legal_order,
  applies_to text check (applies_to = 'all-wearers'),
  version integer not null,
  check ((order_id is null) <> (applies_to is null))
);
create index condition_by_order on condition (order_id);

create table condition_version (
  condition_id text not null references condition,
  version integer not null,
  effective_at timestamptz not null,
  effective_at_given boolean not null,
  recorded_at timestamptz not null,
  kind text not null check (kind in ('exclusion', 'inclusion', 'restriction', 'curfew')),
  zone_id text not null references zone,
  schedule jsonb,
  confirm_on text check (confirm_on in ('belief', 'first-fix')),
  grace_minutes double precision not null,
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at >= starts_at),
  content jsonb not null,
  -- Of the process that wrote it: which rules of local time its author's program knew.
  tzdb_version text,
  primary key (condition_id, version)
);

-- Every zone that a version names, its schedule's windows included.
create table condition_zone (
  zone_id text not null references zone,
  condition_id text not null,
  version integer not null,
  primary key (zone_id, condition_id, version),
  foreign key (condition_id, version) references condition_version
);

-- What has to be told to the engine: written in the transaction of the change, removed when the log has it.
create table outbox (
  outbox_id bigint generated always as identity primary key,
  record_kind text not null,
  record_id text not null,
  target_kind text not null check (target_kind in ('tag', 'wearer', 'tag-model', 'zone', 'condition')),
  target_id text not null,
  recorded_at timestamptz not null
);
create index outbox_by_record on outbox (record_kind, record_id);

-- Higher is newer: the engine ignores a watch with a lower sequence than the one it holds.
create sequence publication_sequence as bigint;

-- One row: which log the watches below are in, and until when schedules have been expanded.
create table publication_state (
  only_row boolean primary key default true check (only_row),
  epoch text,
  expanded_until timestamptz
);
insert into publication_state default values;

-- What was last published for a tag or a shared condition, so that an unchanged watch is not sent again.
create table watch_publication (
  target_kind text not null check (target_kind in ('tag', 'condition')),
  target_id text not null,
  content_hash text not null,
  sequence bigint not null,
  published_at timestamptz not null,
  primary key (target_kind, target_id)
);

-- When a term was first published to an activation ('' for a shared condition): no later publication moves it.
create table term_publication (
  activation_id text not null,
  condition_id text not null,
  condition_version integer not null,
  zone_id text not null,
  zone_version integer not null,
  published_at timestamptz not null,
  primary key (activation_id, condition_id, condition_version, zone_id, zone_version)
);
