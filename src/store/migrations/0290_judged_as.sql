-- breaking: no
-- A version of a condition that differs from the one before in its words alone is judged as that one: what is under way under it goes on.
-- Null, of what was written before this migration or by an older program: it is judged as itself.
alter table condition_version add column judged_as integer;
