-- breaking: no
-- Every version of every kind of record stands in record_version and says who wrote it, why and by which request; what was written
-- before sign-in has author 'local'. zone_version and condition_version are what the publisher reads of them. A zone's shape stands in
-- zone_version alone, because it is large.

alter table record_version
  -- Null: as soon as it was recorded; of a zone: always.
  add column effective_at timestamptz,
  add column effective_at_given boolean not null default false,
  add column author text not null default 'local',
  add column change_reason text,
  add column correlation_id text,
  -- Whose record it is: retention and scope go by it. Null: nobody's (a tag, a zone, a condition of all wearers). Not called wearer_id:
  -- older programs join this table with others and say that name alone.
  add column about_wearer_id text;

-- Until schemes are records of their own: by it and by about_wearer_id everything about a scheme's wearers is found.
alter table wearer add column scheme_id text;

create function set_version_wearer() returns trigger language plpgsql as $$
begin
  new.about_wearer_id := case
    when new.record_kind = 'wearer' then new.record_id
    else coalesce(
      new.content ->> 'wearerId',
      (select wearer_id from legal_order where order_id = new.content ->> 'orderId'))
  end;
  return new;
end $$;
create trigger record_version_wearer before insert on record_version
  for each row execute function set_version_wearer();

update record_version v set about_wearer_id = coalesce(
  case when record_kind = 'wearer' then record_id end,
  content ->> 'wearerId',
  (select wearer_id from legal_order where order_id = v.content ->> 'orderId'));

-- A program of before this migration, which may still run, writes zones and conditions to their own tables only.
create function keep_zone_version() returns trigger language plpgsql as $$
begin
  insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, content)
  values ('zone', new.zone_id, new.version, new.recorded_at, new.effective_at, new.effective_at_given,
          jsonb_build_object('name', new.name, 'priority', new.priority, 'bufferMetres', new.buffer_metres))
  on conflict do nothing;
  return null;
end $$;
create function keep_condition_version() returns trigger language plpgsql as $$
begin
  insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, content)
  values ('condition', new.condition_id, new.version, new.recorded_at, new.effective_at, new.effective_at_given, new.content)
  on conflict do nothing;
  return null;
end $$;

insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, content)
select 'zone', zone_id, version, recorded_at, effective_at, effective_at_given,
       jsonb_build_object('name', name, 'priority', priority, 'bufferMetres', buffer_metres)
from zone_version;
insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, content)
select 'condition', condition_id, version, recorded_at, effective_at, effective_at_given, content from condition_version;

create trigger zone_version_kept after insert on zone_version for each row execute function keep_zone_version();
create trigger condition_version_kept after insert on condition_version for each row execute function keep_condition_version();

create index record_version_by_wearer on record_version (about_wearer_id, record_kind);
create index outbox_by_target on outbox (target_kind, target_id);
