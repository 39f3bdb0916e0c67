-- breaking: no
-- A request that was given up waits until somebody asks again: what it is about is held as long. `held` is as before otherwise.
create or replace view held as
  select a.tag_id, h.starts_at - interval '2 hours' as from_at, coalesce(h.ends_at + interval '1 day', 'infinity') as until_at
  from legal_hold h join activation a using (wearer_id) where h.lifted_reason is null
  union all
  select tag_id, (find_alert_span(array[alert_id])).starts_at - interval '2 hours', 'infinity'
  from alert where status = 'open' or (ended_at is null and type <> 'withdrawn')
  union all
  select a.tag_id, '-infinity', 'infinity' from recall join activation a using (wearer_id) where recall.state <> 'outcome'
  union all
  select tag_id, '-infinity', 'infinity' from reconcile_request;
