-- breaking: no
-- Wearers are published too: when they are under an order and wear no tag.
alter table watch_publication drop constraint watch_publication_target_kind_check;
alter table watch_publication add constraint watch_publication_target_kind_check
  check (target_kind in ('tag', 'condition', 'wearer'));
