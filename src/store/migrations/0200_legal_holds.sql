-- breaking: no
-- Legal holds: what of a wearer is not to be deleted, whatever its age. Who placed one, and who lifted it, stands in record_version.
create table legal_hold (
  legal_hold_id text primary key,
  wearer_id text not null,
  -- The pack that placed it itself: then it has the pack's id.
  pack_id text,
  starts_at timestamptz not null,
  -- Null: it goes on.
  ends_at timestamptz,
  -- Null: it holds.
  lifted_reason text,
  version integer not null,
  recorded_at timestamptz not null
);
create index legal_hold_listed on legal_hold (legal_hold_id collate "C");
create index legal_hold_by_wearer on legal_hold (wearer_id);

-- Whoever deletes holds this lock alone, a step at a time: a hold is there before a step begins, or after it has ended.
create function await_deletion() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7402310005);
  return null;
end $$;
create trigger legal_hold_placed before insert or update on legal_hold for each statement execute function await_deletion();
create trigger recall_asked before insert on recall for each statement execute function await_deletion();

-- From when to when alerts rest on what is on record, in all their revisions; null where none of them is on record.
create function find_alert_span(alert_ids text[], out starts_at timestamptz, out ends_at timestamptz) language sql stable as $$
  select min(least(a.started_at, (
           select min((e.event #>> '{episode,startedAt}')::timestamptz) from alert_event e where e.alert_id = a.alert_id))),
         max(greatest(a.ended_at, a.raised_at, (a.fold #>> '{finding,raisedAt}')::timestamptz))
  from alert a where a.alert_id = any (alert_ids)
$$;

-- Packs of before place theirs now, in the name of who asked for them.
insert into legal_hold (legal_hold_id, wearer_id, pack_id, starts_at, ends_at, version, recorded_at)
select pack_id, wearer_id, pack_id,
       coalesce(least(span.starts_at, to_timestamp((subject::jsonb ->> 'fromMs')::double precision / 1000)), requested_at),
       greatest(span.ends_at, to_timestamp((subject::jsonb ->> 'toMs')::double precision / 1000), requested_at), 1, now()
from pack, lateral (
  select array(select jsonb_array_elements_text(subject::jsonb -> 'alertIds')
               union all
               select alert_id from alert a
               where a.wearer_id = subject::jsonb ->> 'wearerId'
                 and a.started_at < to_timestamp((subject::jsonb ->> 'toMs')::double precision / 1000)
                 and coalesce(a.ended_at, 'infinity') > to_timestamp((subject::jsonb ->> 'fromMs')::double precision / 1000)) as alert_ids
) as named, lateral find_alert_span(named.alert_ids) as span
where state <> 'failed';
insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, author, correlation_id, content)
select 'legal-hold', h.legal_hold_id, 1, h.recorded_at, h.recorded_at, false, p.requested_by, p.correlation_id,
       jsonb_build_object('wearerId', h.wearer_id, 'packId', h.pack_id, 'reason', left(p.purpose, 500),
         'startsAt', to_char(h.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
         'endsAt', to_char(h.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
from legal_hold h join pack p on p.pack_id = h.legal_hold_id;
