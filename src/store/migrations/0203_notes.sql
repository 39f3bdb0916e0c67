-- breaking: no
-- What people write down about a wearer. The text stands in record_version, and is never changed there: a later note corrects it.
create table note (
  note_id text primary key,
  wearer_id text not null references wearer,
  version integer not null,
  recorded_at timestamptz not null
);
create index note_listed on note (note_id collate "C");
create index note_of_wearer on note (wearer_id, recorded_at);
