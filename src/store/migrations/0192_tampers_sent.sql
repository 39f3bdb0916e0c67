-- breaking: no
-- How often what a tag said of its strap and case was sent to the engine since somebody asked: a claim that failed has sent nothing.
alter table reconcile_request add column tampers_sent int not null default 0;
