-- breaking: no
-- What an older program writes of zones and conditions to their own tables only (0072) is kept by statement and no more by row: an import
-- writes thousands at once, each of them in record_version before.

create or replace function keep_zone_version() returns trigger language plpgsql as $$
begin
  insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, content)
  select 'zone', zone_id, version, recorded_at, effective_at, effective_at_given,
         jsonb_build_object('name', name, 'priority', priority, 'bufferMetres', buffer_metres)
  from added
  where not exists (
    select from record_version v where v.record_kind = 'zone' and v.record_id = added.zone_id and v.version = added.version)
  on conflict do nothing;
  return null;
end $$;
create or replace function keep_condition_version() returns trigger language plpgsql as $$
begin
  insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, content)
  select 'condition', condition_id, version, recorded_at, effective_at, effective_at_given, content
  from added
  where not exists (
    select from record_version v where v.record_kind = 'condition' and v.record_id = added.condition_id and v.version = added.version)
  on conflict do nothing;
  return null;
end $$;

-- Replaced, not dropped: who reads these tables, for a backup say, neither waits for this nor is waited for.
create or replace trigger zone_version_kept after insert on zone_version referencing new table as added
  for each statement execute function keep_zone_version();
create or replace trigger condition_version_kept after insert on condition_version referencing new table as added
  for each statement execute function keep_condition_version();
