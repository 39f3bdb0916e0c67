-- breaking: no
-- What alerts are searched and counted by stands in columns of its own. They are generated from the fold, which stays the one home
-- of what an alert is: whoever writes an alert, an older program too, writes them.

-- Instants of the fold are RFC 3339 with `Z`, so the session's time zone has no part in them, and the cast may be called immutable.
create function instant_of(text) returns timestamptz language sql immutable parallel safe return $1::timestamptz;

alter table alert
  add column type text generated always as (fold #>> '{finding,type}') stored,
  add column activation_id text generated always as (fold #>> '{finding,activationId}') stored,
  add column condition_id text generated always as (fold #>> '{finding,conditionId}') stored,
  add column condition_version int generated always as ((fold #>> '{finding,conditionVersion}')::int) stored,
  add column zone_id text generated always as (fold #>> '{finding,zoneId}') stored,
  add column zone_version int generated always as ((fold #>> '{finding,zoneVersion}')::int) stored,
  add column confirmed_at timestamptz generated always as (instant_of(fold ->> 'confirmedAt')) stored,
  add column acknowledged_by text generated always as (fold ->> 'acknowledgedBy') stored,
  add column acknowledged_at timestamptz generated always as (instant_of(fold ->> 'acknowledgedAt')) stored,
  add column disposed_by text generated always as (fold ->> 'disposedBy') stored,
  add column disposed_at timestamptz generated always as (instant_of(fold ->> 'disposedAt')) stored,
  add column disposition text generated always as (fold ->> 'disposition') stored,
  add column closed_at timestamptz generated always as (instant_of(fold ->> 'closedAt')) stored,
  add column assignee text generated always as (fold ->> 'assignee') stored,
  -- The order of its condition, which stays with it. No generated column may look it up.
  add column order_id text;

create function set_alert_order() returns trigger language plpgsql as $$
begin
  if new.order_id is null then
    new.order_id := (select order_id from condition where condition_id = new.fold #>> '{finding,conditionId}');
  end if;
  return new;
end $$;
create trigger alert_order before insert or update on alert for each row execute function set_alert_order();

update alert set order_id = condition.order_id from condition where condition.condition_id = alert.fold #>> '{finding,conditionId}';

create index alert_by_activation on alert (activation_id, started_at, alert_id);
create index alert_by_order on alert (order_id, started_at desc, alert_id);
create index alert_by_assignee on alert (assignee, raised_at desc) where assignee is not null;
