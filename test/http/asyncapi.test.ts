import { Parser } from '@asyncapi/parser';
import type { Static } from 'typebox';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { type RejectedSchema, registerAsyncApi } from '../../src/http/routes/operation/asyncapi.js';
import type { RejectedRecord } from '../../src/ports/topics.js';
import { silentLog } from '../support/silent-log.js';

async function served(): Promise<unknown> {
  const app = await createApp({ log: silentLog });
  registerAsyncApi(app, {
    version: '1.2.3',
    supplierTopics: [
      { topic: 'tagwatch.pings', format: 'tagwatch' },
      { topic: 'positions', format: 'traccar' },
    ],
    topicPrefix: 'kent.',
  });
  const answer = await app.inject('/api/v1/asyncapi.json');
  await app.close();
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

describe('asyncapi.json', () => {
  it('is valid by the official parser', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(await served()));
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.address()),
    ).toEqual(['tagwatch.pings', 'positions', 'kent.tagwatch.alerts', 'kent.tagwatch.rejected', '/api/v1/feed']);
  });

  it('tells every message of the feed, with the fields that the feed is typed by', async () => {
    const { channels, operations } = (await served()) as {
      channels: Record<string, { messages: Record<string, { payload: { properties: Record<string, unknown> } }> }>;
      operations: Record<string, { action: string }>;
    };
    expect(Object.keys(channels['feed']!.messages)).toEqual([
      'hello',
      'snapshot',
      'event',
      'positions',
      'status',
      'heartbeat',
      'subscribe',
      'sound',
    ]);
    expect(Object.keys(channels['feed']!.messages['event']!.payload.properties)).toEqual(
      expect.arrayContaining(['type', 'seq', 'prevSeq', 'event']),
    );
    expect(operations['receivePings0']!.action).toBe('receive');
    expect(operations['sendAlerts']!.action).toBe('send');
  });

  it('describes rejected messages as they are written (the compiler holds it)', () => {
    expectTypeOf<RejectedRecord>().toExtend<Static<typeof RejectedSchema>>();
  });
});
