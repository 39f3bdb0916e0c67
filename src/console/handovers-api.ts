/** What the pages of a shift's end ask of the API. */
import type { HandoverFacts } from '../alerts/handover.js';
import { type Answer, ask, type Page, post } from './api.js';

/** `GET /api/v1/handovers`. */
export interface HandoverTold {
  readonly handoverId: number;
  readonly signedOffBy: string;
  readonly signedOffAt: string;
  readonly note: string;
  readonly facts: HandoverFacts;
  readonly signedOnBy?: string;
  readonly signedOnAt?: string;
}

async function sign(path: string, said: object): Promise<Answer<HandoverTold>> {
  const answer = await post(path, said, {});
  if (answer === null) return { ok: false, status: 0 };
  const { status, body } = answer;
  return status < 300 ? { ok: true, body: body as unknown as HandoverTold } : { ok: false, status };
}
export const askHandovers = () => ask<Page<HandoverTold>>('/handovers?limit=20');
/** What would be signed now. */
export const askNextFacts = () => ask<HandoverFacts>('/handovers/next');
export const signOff = (note: string) => sign('/handovers', { note });
export const signOn = (handoverId: number) => sign(`/handovers/${handoverId}/sign-on`, {});
