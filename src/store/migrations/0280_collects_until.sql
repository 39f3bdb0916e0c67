-- breaking: no
-- Collection ends early by a consent alone (0182), and most wearers have given none: then it is not asked when it would. The question was
-- planned anew for each activation, of thousands in an import.
create or replace function set_collects_until() returns trigger language plpgsql as $$
begin
  new.collects_until := null;
  if exists (select from consent where consent.wearer_id = new.wearer_id) then
    new.collects_until := find_collects_until(new.wearer_id, new.fitted_at);
  end if;
  return new;
end $$;
