-- breaking: no
-- A record of the log holds many pings (`ports/ping-records.ts`): with its offset, the place in it says where one stood.
alter table ping add column log_place int not null default 0;
alter table rejected_message add column log_place int not null default 0;
alter table rejected_message drop constraint rejected_message_epoch_log_topic_log_partition_log_offset_key;
alter table rejected_message
  add constraint rejected_message_once unique (epoch, log_topic, log_partition, log_offset, log_place);
