-- Lists go by ids in the order of their bytes, whatever the database's own order is: an index for each, so that a page reads its
-- own rows and no more. (The primary keys are in the database's order, by which a page would sort the whole table.)
create index wearer_listed on wearer (wearer_id collate "C");
create index tag_model_listed on tag_model (model_id collate "C");
create index tag_listed on tag (tag_id collate "C");
create index activation_listed on activation (activation_id collate "C");
create index legal_order_listed on legal_order (order_id collate "C");
create index zone_listed on zone (zone_id collate "C");
create index condition_listed on condition (condition_id collate "C");
create index absence_listed on absence (absence_id collate "C");
create index suspension_listed on suspension (suspension_id collate "C");
create index custody_period_listed on custody_period (custody_period_id collate "C");

-- What was rejected, newest first, of one reason or one tag.
create index rejected_message_by_reason on rejected_message (reason, rejected_id);
create index rejected_message_by_tag on rejected_message (tag_id, rejected_id);
