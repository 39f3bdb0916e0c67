-- breaking: no
-- What `tagwatch.audit` said, chained in the order of that log. The columns that are searched are generated from the entry, so none of
-- them can say something else than what was hashed.

create function audit_texts(jsonb) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(text order by place), '{}')
  from jsonb_array_elements_text(coalesce($1, '[]'::jsonb)) with ordinality as t (text, place)
$$;

create table audit_entry (
  -- From 1, without holes.
  position bigint primary key,
  -- Where its record stands in tagwatch.audit; offsets mean something within their epoch alone.
  epoch text not null,
  log_offset bigint not null,
  -- `AuditEntry` of src/ports/audit.ts, whole.
  entry jsonb not null,
  -- SHA-256(the previous hash ‖ log_offset ‖ SHA-256(entry by RFC 8785)).
  hash bytea not null,
  recorded_at timestamptz not null default now(),
  said_at timestamptz not null generated always as (instant_of(entry ->> 'when')) stored,
  who text collate "C" generated always as (entry ->> 'who') stored,
  what text collate "C" not null generated always as (entry ->> 'what') stored,
  wearer_ids text[] not null generated always as (audit_texts(entry -> 'wearerIds')) stored,
  writer text not null generated always as (entry ->> 'writer') stored,
  n bigint not null generated always as ((entry ->> 'n')::bigint) stored,
  -- An entry that was appended twice, because nobody knew whether the first time had succeeded, is chained once.
  constraint audit_entry_once unique (writer, n)
);

create index audit_entry_who on audit_entry (who, position desc);
create index audit_entry_what on audit_entry (what, position desc);
create index audit_entry_wearers on audit_entry using gin (wearer_ids);
create index audit_entry_said_at on audit_entry (said_at);

-- Signed; the copies that count are those that whoever may write here cannot reach.
create table audit_checkpoint (
  size bigint not null,
  made_at timestamptz not null,
  key_id text not null,
  checkpoint jsonb not null,
  primary key (size, made_at)
);
