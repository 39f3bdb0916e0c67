/** What the page of a wearer asks over REST. */
import type { FeatureCollection } from 'geojson';
import type { CohortRow } from '../wire/cohort.js';
import type { ConditionsNow, Timeline } from '../wire/timeline.js';
import { type Answer, ask, type Page } from './api.js';
import type { Stretch } from './model/timeline-stretch.js';

const id = encodeURIComponent;

export const askTimeline = (wearerId: string, { days, lastDay }: Stretch) =>
  ask<Timeline>(
    `/wearers/${id(wearerId)}/timeline?${new URLSearchParams({
      days: String(days),
      ...(lastDay === null ? {} : { lastDay }),
    })}`,
  );

export const askTrailBetween = (wearerId: string, from: string, to: string) =>
  ask<FeatureCollection>(`/wearers/${id(wearerId)}/trail?${new URLSearchParams({ from, to })}`, 'application/geo+json');

export const askConditionsNow = (wearerId: string) =>
  ask<ConditionsNow>(`/conditions-now?${new URLSearchParams({ wearerId })}`);

/** The wearer as the cohort has them; null: the cohort has nobody of that id. */
export async function askCohortRow(wearerId: string): Promise<Answer<CohortRow | null>> {
  const answer = await ask<Page<CohortRow>>(`/cohort?${new URLSearchParams({ wearerId })}`);
  return answer.ok ? { ok: true, body: answer.body.items[0] ?? null } : answer;
}
