-- A ping whose position was not taken is kept with its device events and says why; a fix at 0° 0° is no evidence.
alter table ping add column position_ignored text;

comment on column ping.identity is
  'What tells apart what a tag says about one time: its sequence, where it has one, and a hash of the content.';

-- The constraint stands on each partition as well: it was made with it before it was attached.
do $$
declare
  part regclass;
begin
  for part in select 'ping'::regclass union all select inhrelid::regclass from pg_inherits where inhparent = 'ping'::regclass loop
    execute format('alter table %s drop constraint if exists ping_not_judged_check', part);
  end loop;
end $$;

alter table ping add constraint ping_not_judged_check
  check (not_judged in ('no-position', 'zero-position', 'no-accuracy', 'mechanism', 'ahead-of-clock'));
