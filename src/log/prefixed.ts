/** An EventLog in which Tagwatch's own topics and groups bear a prefix, so that several Tagwatches share one Kafka. */
import type { ConsumeOptions, EventLog, LogBatch, PartitionControl, TopicPartition } from '../ports/event-log.js';
import { OWN_TOPICS } from '../ports/topics.js';

const OWN = new Set(OWN_TOPICS.map(({ topic }) => topic));

/** Suppliers' topics keep their names. An empty prefix gives the log itself. */
export function withTopicPrefix(log: EventLog, prefix: string): EventLog {
  if (prefix === '') return log;
  const outer = (topic: string) => (OWN.has(topic) ? prefix + topic : topic);
  const inner = (topic: string) =>
    topic.startsWith(prefix) && OWN.has(topic.slice(prefix.length)) ? topic.slice(prefix.length) : topic;
  const out = (at: TopicPartition): TopicPartition => ({ ...at, topic: outer(at.topic) });
  const back = (at: TopicPartition): TopicPartition => ({ ...at, topic: inner(at.topic) });
  const backBatch = (batch: LogBatch): LogBatch => ({
    ...batch,
    topic: inner(batch.topic),
    records: batch.records.map((record) => ({ ...record, topic: inner(record.topic) })),
  });
  const backControl = (control: PartitionControl): PartitionControl => ({
    seek: (at, offset) => control.seek(out(at), offset),
    pause: (at) => control.pause(out(at)),
    resume: (at) => control.resume(out(at)),
    bounds: (at) => control.bounds(out(at)),
    lastHeartbeatAtMs: () => control.lastHeartbeatAtMs(),
  });
  const outerOptions = ({ group, topics, handler, ...others }: ConsumeOptions): ConsumeOptions => ({
    ...others,
    group: group === null ? null : prefix + group,
    topics: topics.map(outer),
    handler: {
      onAssigned: (added, control) => handler.onAssigned(added.map(back), backControl(control)),
      onBatch: (batch, control) => handler.onBatch(backBatch(batch), backControl(control)),
      onLeaving: async (leaving) => handler.onLeaving?.(leaving.map(back)),
      onRevoked: async (revoked, control, how) => handler.onRevoked?.(revoked.map(back), backControl(control), how),
    },
  });
  return {
    ensureTopics: (specs) => log.ensureTopics(specs.map((spec) => ({ ...spec, topic: outer(spec.topic) }))),
    partitionCount: (topic) => log.partitionCount(outer(topic)),
    append: (topic, records) => log.append(outer(topic), records),
    consume: (options) => log.consume(outerOptions(options)),
    readToEnd: (at, onBatch) => log.readToEnd(at.map(out), (batch) => onBatch(backBatch(batch))),
    ping: () => log.ping(),
    close: () => log.close(),
  };
}
