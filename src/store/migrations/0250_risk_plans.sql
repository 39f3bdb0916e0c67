-- breaking: no
-- The risk management plan of a wearer: one record under the wearer's id, whose versions are in force one after the other. This table says
-- which version was written last; what it says stands in record_version.
create table risk_plan (
  wearer_id text primary key references wearer,
  version integer not null,
  recorded_at timestamptz not null
);
create index risk_plan_listed on risk_plan (wearer_id collate "C");

create or replace function set_version_wearer() returns trigger language plpgsql as $$
begin
  new.about_wearer_id := case
    when new.record_kind in ('wearer', 'rag-rating', 'mappa', 'membership', 'wearer-flags', 'risk-plan') then new.record_id
    else coalesce(
      new.content ->> 'wearerId',
      (select wearer_id from legal_order where order_id = new.content ->> 'orderId'))
  end;
  return new;
end $$;
