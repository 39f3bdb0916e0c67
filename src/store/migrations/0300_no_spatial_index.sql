-- breaking: no
-- No program ever called it: tracks are asked for by time, of a tag or of an hour, and a match looks at every fix of its hours.
drop function index_ping_partition(date);
