-- breaking: no
-- The notes of a shift are found by when they were written, whoever they are about.
create index note_recorded on note (recorded_at desc);
