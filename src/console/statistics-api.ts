/** What the page of statistics asks over REST. */
import type { BeforeAfter, Statistics } from '../wire/statistics.js';
import { ask, askFile } from './api.js';

export const askStatistics = (query: string) => ask<Statistics>(`/statistics?${query}`);
export const askBeforeAfter = (query: string) => ask<BeforeAfter>(`/statistics/before-after?${query}`);
export const askStatisticsFile = (query: string, purpose: string, recipient: string) =>
  askFile(`/statistics?${query}&${new URLSearchParams({ purpose, recipient })}`, 'text/csv');
