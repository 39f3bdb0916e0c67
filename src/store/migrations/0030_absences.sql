-- What allows a wearer to be away, holds alerts back, or explains where the wearer is. An end at the start says that it never was.

create table absence (
  absence_id text primary key,
  order_id text not null references legal_order,
  -- Null: every condition of the order that demands presence; an exclusion has to be named.
  condition_ids text[],
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at >= starts_at),
  reason text not null,
  version integer not null,
  recorded_at timestamptz not null
);
create index absence_by_order on absence (order_id);

create table suspension (
  suspension_id text primary key,
  wearer_id text not null references wearer,
  -- Null: every condition.
  condition_id text references condition,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at >= starts_at),
  reason text not null,
  version integer not null,
  recorded_at timestamptz not null
);
create index suspension_by_wearer on suspension (wearer_id);

create table custody_period (
  custody_period_id text primary key,
  wearer_id text not null references wearer,
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at >= starts_at),
  version integer not null,
  recorded_at timestamptz not null
);
create index custody_period_by_wearer on custody_period (wearer_id);

-- An absence concerns the wearer of its order.
alter table outbox drop constraint outbox_target_kind_check;
alter table outbox add constraint outbox_target_kind_check
  check (target_kind in ('tag', 'wearer', 'tag-model', 'zone', 'condition', 'order'));
