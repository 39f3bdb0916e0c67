/** What the Kafka adapter keeps to while its broker dies, is away, and comes back: with a broker of the test's own. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectKafka, type KafkaTimings } from '../../src/log/kafka.js';
import { type EventLog, LogUnavailable, type NewRecord } from '../../src/ports/event-log.js';
import { createCollector } from '../support/collecting.js';
import { type OwnServices, startOwnServices } from '../support/services.js';
import { createRememberingLog } from '../support/silent-log.js';

const PARTITIONS = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe('EventLog on a Kafka that fails', () => {
  let services: OwnServices;
  const open: EventLog[] = [];
  const said = createRememberingLog();

  beforeAll(async () => {
    services = await startOwnServices(['kafka']);
  });
  afterAll(async () => {
    await Promise.all(open.map((log) => log.close()));
    await services?.dispose();
  });

  function connect(timings: Partial<KafkaTimings> = {}, brokers = services.kafkaBrokers()): EventLog {
    const log = connectKafka({ brokers, clientId: 'faults', log: said, timings });
    open.push(log);
    return log;
  }

  async function makeTopic(log: EventLog, topic: string): Promise<void> {
    await log.ensureTopics([{ topic, partitions: PARTITIONS, cleanup: 'delete', fixedPartitions: true }]);
  }

  async function untilTaken(log: EventLog, topic: string, text: string): Promise<void> {
    const value = encoder.encode(text);
    while (!(await log.append(topic, [{ key: 'k', value }]).catch(() => null)));
  }

  it('loses and doubles nothing that was acknowledged when the broker is killed with -9 and started again', async () => {
    const topic = 'killed';
    // Longer than the broker is away (13 s): the very requests that were under way are tried again over the restart.
    const log = connect({ appendLimitMs: 60_000 });
    await makeTopic(log, topic);
    const alone = createCollector();
    const member = createCollector();
    await log.consume({ group: null, topics: [topic], commit: false, handler: alone.handler });
    await log.consume({ group: 'killed', topics: [topic], commit: true, handler: member.handler });

    const acknowledged = new Map<string, string>();
    let running = true;
    let nextId = 0;
    let notify = () => {};
    const append = async () => {
      while (running) {
        const ids = Array.from({ length: 20 }, () => String(nextId++));
        const records = ids.map((id): NewRecord => ({ key: `tag-${Number(id) % 40}`, value: encoder.encode(id) }));
        try {
          const places = await log.append(topic, records);
          places.forEach(({ partition, offset }, i) => {
            acknowledged.set(ids[i]!, `${partition}/${offset}`);
          });
        } catch (error) {
          expect(error).toBeInstanceOf(LogUnavailable);
        }
        notify();
      }
    };
    const acknowledgedBeyond = (count: number) =>
      new Promise<void>((resolve) => {
        notify = () => acknowledged.size > count && resolve();
      });
    const appending = Promise.all(Array.from({ length: 8 }, append));
    await acknowledgedBeyond(5_000);
    await services.stop('kafka', 'kill');
    await services.start('kafka');
    await acknowledgedBeyond(acknowledged.size + 5_000);
    running = false;
    await appending;

    const places = new Map<string, string[]>();
    await log.readToEnd(
      Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition })),
      ({ partition, records }) => {
        for (const { offset, value } of records) {
          const id = decoder.decode(value!);
          places.set(id, [...(places.get(id) ?? []), `${partition}/${offset}`]);
        }
      },
    );
    const wrong = [...acknowledged].filter(([id, place]) => JSON.stringify(places.get(id)) !== JSON.stringify([place]));
    expect(wrong).toEqual([]);

    // The one that reads alone goes on where it was; a member may see again what it had not committed.
    const readAlone = () => alone.records.length >= places.size;
    await alone.until(readAlone);
    const seen = alone.records.map(({ partition, offset }) => `${partition}/${offset}`);
    expect(new Set(seen).size).toBe(seen.length);
    await member.until(() => new Set(member.values()).size >= places.size);
  });

  it('refuses appends within the limit while the broker is away, and takes them when it is back', async () => {
    const topic = 'away';
    const log = connect({ appendLimitMs: 1_500, answerLimitMs: 1_500 });
    // By another one: a broker that has just come back takes its time.
    await makeTopic(connect(), topic);
    await untilTaken(log, topic, 'before');
    await services.stop('kafka');
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 5 }, (_, i) => log.append(topic, [{ key: 'k', value: encoder.encode(`away ${i}`) }])),
      log.ping(),
      log.readToEnd([{ topic, partition: 0 }], () => {}),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(LogUnavailable) });
    }
    await services.start('kafka');
    await untilTaken(log, topic, 'after');
    await vi.waitFor(() => log.ping(), { timeout: 120_000 });
  });

  it('starts while the broker is away, and delivers when it is there', async () => {
    const topic = 'late';
    const early = connect();
    await makeTopic(early, topic);
    await early.append(topic, [{ key: 'k', value: encoder.encode('waiting') }]);
    await services.stop('kafka');
    const log = connect();
    const alone = createCollector();
    const member = createCollector();
    await log.consume({ group: null, topics: [topic], commit: false, handler: alone.handler });
    await log.consume({ group: 'late', topics: [topic], commit: true, handler: member.handler });
    await services.start('kafka');
    await Promise.all([alone, member].map((collector) => collector.until(() => collector.records.length === 1)));
  });

  it('says nothing at the level at which somebody must act', () => {
    expect(said.entries.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
