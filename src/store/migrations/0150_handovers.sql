-- breaking: no
-- A shift that is handed over: who signs off says what the next one has to know, beside what was unresolved then; who comes on signs
-- once. Never changed otherwise, and never removed.
create table handover (
  handover_id bigint generated always as identity primary key,
  signed_off_by text not null,
  signed_off_at timestamptz not null,
  note text not null,
  -- JSON: what was unresolved, by ids and counts, of what who signed off may see.
  facts text not null,
  -- Whom it concerns: it is read by whoever may see all of them.
  wearer_ids text[] not null,
  correlation_id text,
  signed_on_by text,
  signed_on_at timestamptz,
  check ((signed_on_by is null) = (signed_on_at is null))
);

create function keep_handover() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.signed_on_by is null
     and to_jsonb(old) - array['signed_on_by', 'signed_on_at'] = to_jsonb(new) - array['signed_on_by', 'signed_on_at'] then
    return new;
  end if;
  raise exception 'a handover is signed on once and otherwise never changed';
end $$;
create trigger handover_kept before update or delete on handover for each row execute function keep_handover();
