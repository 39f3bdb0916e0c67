-- breaking: no
-- A briefing as it was read when somebody made it. Never changed and never removed: the next one begins where it ended.
create table briefing (
  briefing_id bigint generated always as identity primary key,
  period text not null check (period in ('daily', 'weekly')),
  -- Null: of all divisions.
  division text,
  -- JSON: of which areas, so that nobody's begins where somebody else's ended; null: of all, where nobody signs in.
  areas text,
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  made_by text not null,
  correlation_id text,
  -- Of whom it tells: each reader is told of those alone whom they may see.
  wearer_ids text[] not null,
  -- JSON, as it is told; and how each wearer stood then, by which the next one knows what has changed.
  content text not null,
  standing text not null
);
-- Of two that were made at once, one: both would tell the same.
create unique index briefing_chain on briefing (period, coalesce(division, ''), coalesce(areas, ''), from_at);

create function keep_briefing() returns trigger language plpgsql as $$
begin
  raise exception 'a briefing is never changed';
end $$;
create trigger briefing_kept before update or delete on briefing for each row execute function keep_briefing();
