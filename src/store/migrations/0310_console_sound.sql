-- breaking: no
-- Who of the control room could be heard: every api writes the consoles that are connected to it, and reads all. `areas`: whose alerts are
-- told there, as JSON; null: everybody's. Times are the database's, because clocks of apis differ.
create table console_sound (
  span_id uuid primary key,
  who text not null,
  areas text,
  sound text not null check (sound in ('on', 'off', 'blocked', 'untold')),
  from_at timestamptz not null,
  seen_at timestamptz not null,
  is_over boolean not null
);
create index console_sound_seen on console_sound (seen_at);
