-- breaking: no
-- Requests to recall a wearer, or to bring a breach before the court. What each says, and every step of it, stands in record_version.
create table recall (
  recall_id text primary key,
  wearer_id text not null references wearer,
  order_id text not null references legal_order,
  state text not null,
  version integer not null,
  recorded_at timestamptz not null
);
create index recall_listed on recall (recall_id collate "C");
create index recall_by_wearer on recall (wearer_id);
