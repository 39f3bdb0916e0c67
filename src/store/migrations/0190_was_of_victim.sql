-- breaking: no
-- Folds say themselves whether any of their findings was about a victim's zone: of those of before, their events say it.
update alert a set fold = a.fold || '{"wasOfVictim": true}'
where exists (
  select from alert_event e where e.alert_id = a.alert_id and e.outcome = 'accepted'
    and coalesce(e.event ->> 'zonePriority' = 'victim', e.event ->> 'severity' = 'critical'));
