-- breaking: no
-- After how long a tag of the model that is not heard from is unmonitored; infinite: that is not judged; null: by how often it sends.
alter table tag_model add column silent_after_seconds double precision;

-- Watches of before ask for no silence: every tag's is published anew.
insert into outbox (record_kind, record_id, target_kind, target_id, recorded_at)
select 'tag', tag_id, 'tag', tag_id, now() from tag;
