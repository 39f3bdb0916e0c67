/** What the page of briefings asks over REST, and what it makes. */
import type { Briefing, BriefingHead, BriefingPeriod } from '../wire/briefing.js';
import { ask, askFile, type Page } from './api.js';
import { send } from './send.js';

export const askBriefings = () => ask<Page<BriefingHead>>('/briefings?limit=50');
export const askBriefing = (briefingId: string) => ask<Briefing>(`/briefings/${briefingId}`);
export const makeBriefing = (period: BriefingPeriod, division: string | null) =>
  send<Briefing>('POST', '/briefings', { period, ...(division === null ? {} : { division }) });
export const askBriefingFile = (briefingId: number, purpose: string, recipient: string) =>
  askFile(`/briefings/${briefingId}/file?${new URLSearchParams({ purpose, recipient })}`, 'application/pdf');
