-- breaking: no
-- What scope needs of a wearer. Absent: not said, and then only who is there for all forces, divisions or schemes reaches them.
alter table wearer
  add column force text,
  add column schemes text[],
  add column restricted_to text[];

-- Every wearer's scope goes into the log once.
insert into outbox (record_kind, record_id, target_kind, target_id, recorded_at)
select 'wearer', wearer_id, 'wearer', wearer_id, now() from wearer;
