-- breaking: no
-- By what authority patterns are looked for: what for, of whom, until when, and whose it is. Nothing of it is changed or removed; another
-- one takes its place.
create table pattern_authority (
  n bigint generated always as identity primary key,
  authority_id text not null unique,
  reference text not null,
  purpose text not null,
  -- In words, as who gave it has it.
  scope text not null,
  -- Of whom patterns are looked for by it.
  wearer_ids text[] not null check (cardinality(wearer_ids) > 0),
  until_at timestamptz not null,
  requested_by text not null,
  requested_at timestamptz not null,
  correlation_id text,
  check (until_at > requested_at)
);
create index pattern_authority_of on pattern_authority (requested_by, n desc);

create function keep_pattern_authority() returns trigger language plpgsql as $$
begin
  raise exception 'an authority is never changed: another one takes its place';
end $$;
create trigger pattern_authority_kept before update or delete on pattern_authority
  for each row execute function keep_pattern_authority();
