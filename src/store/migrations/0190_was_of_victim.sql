-- breaking: no
-- Folds say themselves whether any of their findings was about a victim's zone: of those of before, their events say it. Events are read of
-- those alerts alone whose zone is or ever was a victim's (or of which no version is known): they are few, and to read the JSON of every event
-- there is would keep a large record waiting for as long. The alerts are locked in the order of their ids, which is the recorder's: a
-- program of before that writes meanwhile waits, and neither of the two is ended by the other.
with concerned as materialized (
  select a.alert_id from alert a
  where (
      a.zone_id in (select zone_id from zone_version where priority = 'victim')
      or a.zone_id not in (select zone_id from zone_version))
    and exists (
      select from alert_event e where e.alert_id = a.alert_id and e.outcome = 'accepted'
        and coalesce(e.event ->> 'zonePriority' = 'victim', e.event ->> 'severity' = 'critical'))
  order by a.alert_id for update of a)
update alert a set fold = a.fold || '{"wasOfVictim": true}' from concerned where concerned.alert_id = a.alert_id;
