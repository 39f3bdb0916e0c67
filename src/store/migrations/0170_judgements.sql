-- breaking: no
-- What is judged about a person, apart from who the person is: one record a wearer and kind, whose versions are in force one after the
-- other from their effective_at on. These tables say which version was written last; what it says stands in record_version.
create table rag_rating (
  wearer_id text primary key references wearer,
  version integer not null,
  recorded_at timestamptz not null
);
create table mappa (
  wearer_id text primary key references wearer,
  version integer not null,
  recorded_at timestamptz not null
);
create table membership (
  wearer_id text primary key references wearer,
  version integer not null,
  recorded_at timestamptz not null
);
create table wearer_flags (
  wearer_id text primary key references wearer,
  version integer not null,
  recorded_at timestamptz not null
);
create index rag_rating_listed on rag_rating (wearer_id collate "C");
create index mappa_listed on mappa (wearer_id collate "C");
create index membership_listed on membership (wearer_id collate "C");
create index wearer_flags_listed on wearer_flags (wearer_id collate "C");

create or replace function set_version_wearer() returns trigger language plpgsql as $$
begin
  new.about_wearer_id := case
    when new.record_kind in ('wearer', 'rag-rating', 'mappa', 'membership', 'wearer-flags') then new.record_id
    else coalesce(
      new.content ->> 'wearerId',
      (select wearer_id from legal_order where order_id = new.content ->> 'orderId'))
  end;
  return new;
end $$;

-- The ratings that stood in the wearers' versions, as they changed from one to the next; of who has none at the end, none.
insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, author, change_reason,
                            correlation_id, content)
select 'rag-rating', record_id, row_number() over (partition by record_id order by version), recorded_at, recorded_at, false, author,
       change_reason, correlation_id,
       jsonb_build_object('rating', rag, 'evidence', 'As it stood in the record of the wearer')
from (
  select v.*, content ->> 'rag' as rag, lag(content ->> 'rag') over (partition by record_id order by version) as rag_before
  from record_version v where record_kind = 'wearer' and record_id in (select wearer_id from wearer where rag is not null)
) as rated
where rag is not null and rag is distinct from rag_before;
insert into rag_rating (wearer_id, version, recorded_at)
select record_id, max(version), max(recorded_at) from record_version where record_kind = 'rag-rating' group by record_id;

update record_version set content = content - 'rag'
where record_kind = 'wearer' and record_id in (select wearer_id from rag_rating) and content ? 'rag';
-- The column stays for the time of an upgrade, since a program of before writes it; nothing reads it any more.
update wearer set rag = null where rag is not null;
