/** One client of the feed that counts what it hears and holds the feed to what it promises: nothing missed, nothing twice. */
import { Counter, Trend } from 'k6/metrics';
import { setTimeout } from 'k6/timers';
import { WebSocket } from 'k6/websockets';
import { ENTERING_TAG, ZONE_ID } from '../profiles.js';
import { identity, url } from './settings.js';

const pingToEvent = new Trend('ping_to_event_ms', true);
const receiptToEvent = new Trend('receipt_to_event_ms', true);
const catchUp = new Trend('resume_to_caught_up_ms', true);
const events = new Counter('events_received');
const missed = new Counter('events_missed');
const doubled = new Counter('events_doubled');
const broken = new Counter('chain_broken');
const snapshots = new Counter('resumes_answered_by_snapshot');
const connections = new Counter('feed_connections');
const failures = new Counter('feed_errors');
/**
 * k6 1.8.1 starts to read a socket before it says that the socket is open, and drops what it has read until then (`queueMessage` in its
 * `websockets.go`): on a busy machine 2 of 19,659 connections lost their first messages. The feed says hello before anything else,
 * so it shows; whoever knows that something is missing connects again and resumes, as the console does.
 */
const startsLost = new Counter('starts_lost_by_k6');

/** Between two tries when a connection was refused, ms. */
const RETRY_MS = 500;

interface Alert {
  readonly alertId: string;
  readonly type?: string;
  readonly tagId: string;
  readonly zoneId?: string;
  readonly confirmedAt?: string;
  readonly foundAt: string;
  readonly raisedAt: string;
}

type Message =
  | { readonly type: 'hello'; readonly epoch: string; readonly seq: number }
  | { readonly type: 'snapshot'; readonly seq: number; readonly alerts: readonly Alert[] }
  | { readonly type: 'event'; readonly seq: number; readonly prevSeq: number; readonly event: Alert }
  | { readonly type: 'positions' | 'status' | 'heartbeat' };

export interface SubscriberOptions {
  /** Alerts of tags that enter; when all have been heard, it leaves. */
  readonly expected: number;
  readonly untilMs: number;
  /** For how long to stay connected from now, and then to be away; null: for good. */
  readonly stay: () => { readonly connectedMs: number; readonly awayMs: number } | null;
}

/** Runs one subscriber until it has heard everything or its time is over; k6 waits for it. */
export function subscribe({ expected, untilMs, stay }: SubscriberOptions): void {
  const heard = new Set<string>();
  let epoch: string | null = null;
  let lastSeq = -1;
  let isOver = false;
  let current: WebSocket | null = null;

  const take = (alert: Alert): boolean => {
    if (alert.zoneId !== ZONE_ID || !alert.tagId.startsWith(ENTERING_TAG) || heard.has(alert.alertId)) return false;
    heard.add(alert.alertId);
    return true;
  };

  const finish = () => {
    if (isOver) return;
    isOver = true;
    missed.add(expected - heard.size);
    current?.close();
  };

  const connect = () => {
    if (isOver) return;
    const isResuming = epoch !== null;
    const query = isResuming ? `?resume=${encodeURIComponent(`${epoch}:${lastSeq}`)}` : '';
    const openedAtMs = Date.now();
    let headAtOpen = -1;
    let isCaughtUp = false;
    let isOpen = false;
    let isGreeted = false;
    const noteCaughtUp = () => {
      if (!isResuming || isCaughtUp || lastSeq < headAtOpen) return;
      isCaughtUp = true;
      catchUp.add(Date.now() - openedAtMs);
    };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/feed${query}`, null, { headers: identity });
    current = socket;
    socket.addEventListener('message', (received) => {
      const now = Date.now();
      const message = JSON.parse(String((received as { data: unknown }).data)) as Message;
      if (!isGreeted && message.type !== 'hello') {
        startsLost.add(1);
        socket.close();
        return;
      }
      isGreeted = true;
      if (message.type === 'hello') {
        epoch = message.epoch;
        headAtOpen = message.seq;
        noteCaughtUp();
      } else if (message.type === 'snapshot') {
        if (isResuming) snapshots.add(1);
        lastSeq = message.seq;
        for (const alert of message.alerts) if (alert.confirmedAt !== undefined) take(alert);
      } else if (message.type === 'event') {
        if (message.seq <= lastSeq) doubled.add(1);
        else if (message.prevSeq !== lastSeq) broken.add(1);
        lastSeq = message.seq;
        events.add(1);
        noteCaughtUp();
        const { event } = message;
        if (event.type === 'confirmed' && take(event)) {
          const foundAtMs = Date.parse(event.foundAt);
          // What waited for a client that was away says nothing about the feed's speed.
          if (foundAtMs > openedAtMs) {
            pingToEvent.add(now - foundAtMs);
            receiptToEvent.add(now - Date.parse(event.raisedAt));
          }
        }
      }
      if (heard.size >= expected) finish();
    });
    socket.addEventListener('open', () => {
      isOpen = true;
      connections.add(1);
      const visit = stay();
      if (visit === null) return;
      setTimeout(() => socket.close(), visit.connectedMs);
    });
    socket.addEventListener('error', (error) => {
      if (isOver) return;
      failures.add(1);
      console.error(`feed: ${JSON.stringify(error)}`);
    });
    socket.addEventListener('close', () => {
      if (isOver) return;
      setTimeout(connect, isOpen ? (stay()?.awayMs ?? RETRY_MS) : RETRY_MS);
    });
  };

  connect();
  setTimeout(finish, Math.max(0, untilMs - Date.now()));
}
