-- breaking: no
-- Evidence packs: who wants which one, for whom and why; and the file, once it is made. What was asked for never changes, what was made
-- neither, and nothing is removed.
create table pack (
  pack_number bigint generated always as identity primary key,
  pack_id text not null unique,
  -- The same one is not made twice.
  request_key text not null,
  wearer_id text not null,
  -- JSON: alerts, or the wearer and the period.
  subject text not null,
  edition text not null,
  marking text not null,
  purpose text not null,
  recipient text not null,
  requested_by text not null,
  requested_name text not null,
  requested_at timestamptz not null,
  correlation_id text,
  state text not null default 'queued' check (state in ('queued', 'building', 'ready', 'failed')),
  ended_at timestamptz,
  -- Why there is none.
  failure text,
  sha256 text,
  file bytea,
  check ((state in ('ready', 'failed')) = (ended_at is not null)),
  check ((state = 'ready') = (file is not null and sha256 is not null)),
  check ((state = 'failed') = (failure is not null))
);
create unique index pack_request on pack (request_key) where state <> 'failed';
create index pack_waiting on pack (pack_number) where state in ('queued', 'building');
create index pack_wearer on pack (wearer_id, pack_number);
-- A zip does not get smaller.
alter table pack alter column file set storage external;

create function keep_pack() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state in ('queued', 'building')
     and (old.pack_number, old.pack_id, old.request_key, old.wearer_id, old.subject, old.edition, old.marking, old.purpose,
          old.recipient, old.requested_by, old.requested_name, old.requested_at)
       = (new.pack_number, new.pack_id, new.request_key, new.wearer_id, new.subject, new.edition, new.marking, new.purpose,
          new.recipient, new.requested_by, new.requested_name, new.requested_at)
     and old.correlation_id is not distinct from new.correlation_id then
    return new;
  end if;
  raise exception 'a pack is made once and otherwise never changed';
end $$;
create trigger pack_kept before update or delete on pack for each row execute function keep_pack();
