-- breaking: no
-- The consent of somebody who wears a tag of their own will. Where it ends, by its withdrawal or its day, collection ends: the
-- activation collects until then, unless another consent or an order that is not voluntary goes on.
create table consent (
  consent_id text primary key,
  wearer_id text not null references wearer,
  given_at timestamptz not null,
  expires_at timestamptz,
  withdrawn_at timestamptz,
  version integer not null,
  recorded_at timestamptz not null
);
create index consent_listed on consent (consent_id collate "C");
create index consent_of_wearer on consent (wearer_id);

-- Null: until the tag is removed. On the row, because the recorder asks for every ping.
alter table activation add column collects_until timestamptz;

create function find_collects_until(of_wearer text, fitted timestamptz) returns timestamptz language sql stable as $$
  select min(at) from (
    select greatest(least(withdrawn_at, expires_at), fitted) as at
    from consent where wearer_id = of_wearer and least(withdrawn_at, expires_at) is not null
  ) as ended
  where not exists (
      select from consent o where o.wearer_id = of_wearer and o.given_at <= at
        and coalesce(least(o.withdrawn_at, o.expires_at), 'infinity') > at)
    and not exists (
      select from legal_order l where l.wearer_id = of_wearer and l.type <> 'voluntary' and l.starts_at <= at
        and coalesce(l.ends_at, 'infinity') > at)
$$;

create function set_collects_until() returns trigger language plpgsql as $$
begin
  new.collects_until := find_collects_until(new.wearer_id, new.fitted_at);
  return new;
end $$;
create trigger activation_collects before insert or update of fitted_at, wearer_id on activation
  for each row execute function set_collects_until();

create function reset_collects_until() returns trigger language plpgsql as $$
begin
  update activation set collects_until = find_collects_until(wearer_id, fitted_at)
  where wearer_id = new.wearer_id and exists (select from consent where consent.wearer_id = new.wearer_id);
  return null;
end $$;
create trigger consent_collects after insert or update on consent for each row execute function reset_collects_until();
create trigger order_collects after insert or update on legal_order for each row execute function reset_collects_until();
