-- breaking: no
-- What covers a tag: an order that is not voluntary, from its start to its end; a consent, from when it was given until it expires or the
-- wearer withdraws. Whoever withdraws takes back every consent given until then, whichever of them the withdrawal stands on, and whenever
-- each was recorded.
create view consent_held as
  select consent_id, wearer_id, given_at as starts_at,
    least(expires_at, (
      select min(w.withdrawn_at) from consent w where w.wearer_id = c.wearer_id and w.withdrawn_at >= c.given_at
    )) as ends_at
  from consent c;

create view tag_cover as
  select wearer_id, starts_at, ends_at from legal_order where type <> 'voluntary'
  union all select wearer_id, starts_at, ends_at from consent_held;

-- When somebody has to wear a tag: a voluntary order asks for it while a consent is held.
create view tag_demand as
  select wearer_id, starts_at, ends_at from legal_order where type <> 'voluntary'
  union all
  select wearer_id, greatest(l.starts_at, c.starts_at), least(l.ends_at, c.ends_at)
  from legal_order l join consent_held c using (wearer_id)
  where l.type = 'voluntary' and greatest(l.starts_at, c.starts_at) < coalesce(least(l.ends_at, c.ends_at), 'infinity');

-- Collection of an activation ends at the first instant after its fitting at which nothing covers it and a consent is over that had
-- covered it. A consent that was over when the tag was fitted ends nothing; nor does the end of an order alone, which is told instead.
create or replace function find_collects_until(of_wearer text, fitted timestamptz) returns timestamptz language sql stable as $$
  select min(b.ends_at)
  from tag_cover b
  where b.wearer_id = of_wearer
    and b.ends_at >= (
      select min(ends_at) from consent_held where wearer_id = of_wearer and ends_at > fitted and ends_at > starts_at)
    and not exists (
      select from tag_cover o where o.wearer_id = of_wearer and o.starts_at <= b.ends_at
        and coalesce(o.ends_at, 'infinity') > b.ends_at)
$$;

-- Who wore which tag when, as far as what it tells is the wearer's: until it was removed, or collection ended. The one home of that.
create view worn as
  select activation_id, tag_id, wearer_id, fitted_at, least(removed_at, collects_until) as until_at from activation;

with moved as (
  update activation set collects_until = find_collects_until(wearer_id, fitted_at)
  where collects_until is distinct from find_collects_until(wearer_id, fitted_at) returning wearer_id
)
insert into outbox (record_kind, record_id, target_kind, target_id, recorded_at)
select distinct 'consent', wearer_id, 'wearer', wearer_id, now() from moved;
-- Who is under a voluntary order alone was told as untagged without a consent.
insert into outbox (record_kind, record_id, target_kind, target_id, recorded_at)
select distinct 'order', wearer_id, 'wearer', wearer_id, now() from legal_order where type = 'voluntary';
