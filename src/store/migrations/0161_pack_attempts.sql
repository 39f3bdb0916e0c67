-- breaking: no
-- How often a pack was begun, so that one that ends the process that builds it is given up in the end; and how far it is.
alter table pack add column attempts integer not null default 0;
alter table pack add column step text check (step in ('gathering', 'writing'));
