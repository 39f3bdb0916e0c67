-- breaking: no
-- What is about no zone was about no victim's, however severe a table in configuration makes it.
update alert set fold = fold - 'wasOfVictim' where fold -> 'wasOfVictim' is not null and fold #>> '{finding,zoneId}' is null;
