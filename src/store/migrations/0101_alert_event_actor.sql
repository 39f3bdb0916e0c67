-- breaking: no
-- Who did it, for retention and for the search of what somebody did; null: the engine found it. Generated, so that an older program
-- writes it too.
alter table alert_event add column actor text generated always as (event ->> 'actor') stored;
create index alert_event_actor on alert_event (actor, event_number) where actor is not null;
