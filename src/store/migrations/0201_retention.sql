-- breaking: no
-- What retention deleted: a row a step, in the step's own transaction. Of messages whose tag is not known there is no tag.
create table retention_deletion (
  n bigint generated always as identity primary key,
  what text not null check (what in ('ping', 'rejected')),
  tag_id text,
  -- Of the first and the last one; what lies between two stretches is held.
  from_at timestamptz not null,
  to_at timestamptz not null,
  deleted int not null,
  older_than timestamptz not null,
  deleted_at timestamptz not null,
  -- Whose, for the audit.
  wearer_ids text[] not null,
  -- When its entry in the audit was made: before anything more is deleted.
  audited_at timestamptz
);
create index retention_deletion_of_tag on retention_deletion (tag_id, to_at);
create index retention_deletion_untold on retention_deletion (n) where audited_at is null;
create index alert_unresolved on alert (tag_id) where status = 'open' or (ended_at is null and type <> 'withdrawn');

-- What may not be deleted, tag by tag, by the device's time: under a hold; of alerts that nobody has disposed of, or whose violation goes
-- on; of who is to be recalled; and what is still to be judged again. What an alert rests on begins two hours before it, and a clock may
-- be a day ahead. Of everybody who ever wore the tag: a period of wearing may be corrected.
create view held as
  select a.tag_id, h.starts_at - interval '2 hours' as from_at, coalesce(h.ends_at + interval '1 day', 'infinity') as until_at
  from legal_hold h join activation a using (wearer_id) where h.lifted_reason is null
  union all
  select tag_id, (find_alert_span(array[alert_id])).starts_at - interval '2 hours', 'infinity'
  from alert where status = 'open' or (ended_at is null and type <> 'withdrawn')
  union all
  select a.tag_id, '-infinity', 'infinity' from recall join activation a using (wearer_id) where recall.state <> 'outcome'
  union all
  select tag_id, '-infinity', 'infinity' from reconcile_request where not_before is distinct from 'infinity';
