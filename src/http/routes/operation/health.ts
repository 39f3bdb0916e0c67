/** `/health/live`, `/health/ready` (what each part waits for) and `/metrics`: for the operator and the orchestrator. */
import { Type } from 'typebox';
import type { App } from '../../app.js';

const PartSchema = Type.Object({
  part: Type.String(),
  ready: Type.Boolean(),
  waitsFor: Type.Optional(Type.String({ description: 'What it waits for, in words; absent when ready' })),
});

const ReadySchema = Type.Object({
  status: Type.Enum(['ready', 'degraded', 'not-ready']),
  parts: Type.Array(PartSchema),
});

export interface HealthDeps {
  readonly parts: () => readonly (Type.Static<typeof PartSchema> & { readonly essential: boolean })[];
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/**
 * `essential`: the parts without which alerts do not flow. The database is none of them: while it is away the program is
 * `degraded` and answers 200, because taking it out of service would stop the alerts that still come.
 */
export function registerHealth(app: App, deps: HealthDeps): void {
  app.get(
    '/health/live',
    {
      config: { operation: 'public' },
      schema: {
        summary: 'Whether the process answers',
        tags: ['operation'],
        response: { 200: Type.Object({ status: Type.Literal('live') }) },
      },
    },
    async () => ({ status: 'live' as const }),
  );

  app.get(
    '/health/ready',
    {
      config: { operation: 'public' },
      schema: {
        summary: 'Whether alerts flow, and what each part waits for',
        tags: ['operation'],
        response: { 200: ReadySchema, 503: ReadySchema },
      },
    },
    async (_request, reply) => {
      const found = deps.parts();
      const waiting = found.filter(({ ready }) => !ready);
      const isBlocked = waiting.some(({ essential }) => essential);
      const status = isBlocked ? 'not-ready' : waiting.length > 0 ? 'degraded' : 'ready';
      const parts = found.map(({ essential: _, ...part }) => part);
      return reply.code(isBlocked ? 503 : 200).send({ status, parts });
    },
  );

  app.get(
    '/metrics',
    {
      schema: { hide: true },
      config: { operation: 'metrics.read', audit: { not: 'numbers, asked every few seconds' } },
    },
    async (_request, reply) => {
      const { contentType, text } = await deps.metrics();
      return reply.type(contentType).send(text);
    },
  );
}
