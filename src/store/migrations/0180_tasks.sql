-- breaking: no
-- What is to be done about a wearer and what came of it, and what is known of them that is not from their tag. What came of a task, and
-- a report itself, stand in record_version.
create table task (
  task_id text primary key,
  wearer_id text not null references wearer,
  kind text not null,
  status text not null,
  due_at timestamptz,
  owner text,
  alert_id text,
  version integer not null,
  recorded_at timestamptz not null
);
create index task_listed on task (task_id collate "C");
create index task_open on task (wearer_id) where status in ('open', 'accepted');
create index task_of_wearer on task (wearer_id, kind, recorded_at);

create table intelligence (
  intelligence_id text primary key,
  wearer_id text not null references wearer,
  received_at timestamptz not null,
  version integer not null,
  recorded_at timestamptz not null
);
create index intelligence_listed on intelligence (intelligence_id collate "C");
create index intelligence_of_wearer on intelligence (wearer_id, received_at);
