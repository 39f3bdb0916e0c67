-- breaking: no
-- Which consoles of the control room could be heard, and which not: every api writes those that are connected to it, and reads all.
create table console_sound (
  span_id uuid primary key,
  who text not null,
  sound text not null check (sound in ('on', 'off', 'blocked')),
  from_at timestamptz not null,
  seen_at timestamptz not null,
  is_over boolean not null
);
create index console_sound_seen on console_sound (seen_at);
