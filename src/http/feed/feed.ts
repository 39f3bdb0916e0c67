/**
 * The live feed: `GET /api/v1/feed` as a WebSocket (`wire.md`, "The feed"). A client is given its snapshot, or what it missed,
 * and joins the others in one turn of the event loop, in which nothing can be accepted: so no event is missed or doubled.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { mayDo, maySee, maySeeVictims, type WearerScope } from '../../access/may.js';
import type { Operation } from '../../access/operations.js';
import { type Alert, toAlertItem } from '../../alerts/alert.js';
import type { AcceptedEvent, AlertRegister } from '../../alerts/register.js';
import { countStanding } from '../../alerts/standing.js';
import { alertWithoutVictimZone, concernsVictim, withoutVictimZone } from '../../alerts/victim.js';
import type { AuditTrail } from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import type { ConnectedConsole } from '../../ports/console-sounds.js';
import type { Log } from '../../ports/log.js';
import {
  CLIENT_MESSAGES,
  CLOSE,
  FEED_PATH,
  FEED_PROTOCOL,
  type FeedStatus,
  type ServerMessage,
} from '../../wire/feed-messages.js';
import { type Access, type Identity, OPEN_ACCESS } from '../plugins/principal.js';
import { takeMessages } from './client-messages.js';
import { type SayOfClient, sayOfClient } from './feed-audit.js';
import { createFeedClient, type FeedClient } from './feed-client.js';
import { DEFAULT_FEED_LIMITS, type FeedLimits } from './feed-limits.js';
import { createPlaces } from './places.js';
import type { FeedPosition } from './position-item.js';
import { sendPositions } from './positions.js';
import type { Reach } from './reach.js';
import { parseResume, type Refused, refuseUpgrade } from './upgrade.js';

/** What the feed needs of the alert log (`views/alert-log.ts`). */
export interface FeedAlerts extends Pick<AlertRegister, 'headSeq' | 'open' | 'acceptedAfter'> {
  readonly epoch: string;
  isCaughtUp(): boolean;
  reached(seq: number, limitMs: number): Promise<boolean>;
  subscribe(onAccepted: (accepted: AcceptedEvent) => void): () => void;
}

export interface FeedDeps {
  readonly alertLog: FeedAlerts;
  readonly liveView: {
    positions(): Iterable<FeedPosition>;
    subscribe(onChanged: (changed: readonly FeedPosition[]) => void): () => void;
  };
  readonly clock: Clock;
  readonly logger: Log;
  /** For which hosts, and for whose pages, it answers. */
  readonly reach: Reach;
  readonly status: {
    current(): FeedStatus;
    subscribe(onChanged: (status: FeedStatus) => void): () => void;
  };
  readonly limits?: Partial<FeedLimits>;
  /** Who reads, and whom they may see; everybody is `local` where not given. */
  readonly access?: Access;
  /** Where it is put on record who reads; nowhere where not given. */
  readonly audit?: AuditTrail;
  /** For the metrics. */
  readonly counters?: { clientCutOff(why: string): void };
}

export interface Feed {
  /** Clients that are connected. */
  connections(): number;
  /** The consoles of the control room that are connected. */
  sounds(): readonly ConnectedConsole[];
  /** Takes no more clients, tells those there are that it goes away (1001), and waits for them, with a limit. */
  close(): Promise<void>;
}

/** How often it is looked whether those who read still may: a session that ends closes its sockets within that. */
const IDENTITY_CHECK_MS = 500;

/** Adds the feed to an HTTP server. It owns the server's upgrades: other paths answer 404. */
export function registerFeed(server: Server, deps: FeedDeps): Feed {
  const { alertLog, liveView, clock, logger, status, access = OPEN_ACCESS } = deps;
  const limits: FeedLimits = { ...DEFAULT_FEED_LIMITS, ...deps.limits };
  const takePlace = createPlaces(limits.connectionsOfOne);
  const clients = new Set<FeedClient>();
  let closing = false;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    // A plain client names no protocol, and is served all the same.
    handleProtocols: (offered) => (offered.has(FEED_PROTOCOL) ? FEED_PROTOCOL : false),
  });

  let snapshot: { readonly seq: number; readonly alerts: string } | null = null;
  /** The unresolved alerts as JSON; kept until the next event, because after an outage everybody asks at once. */
  function readSnapshot(): string {
    const seq = alertLog.headSeq();
    if (snapshot?.seq !== seq) snapshot = { seq, alerts: JSON.stringify(alertLog.open().map(toAlertItem)) };
    return snapshot.alerts;
  }

  const tells = ({ identity }: FeedClient, operation: Operation, wearerId: string): boolean =>
    maySee(identity.principal, operation, access.findWearer(wearerId));

  /** Whether what is of a victim's zone is kept from a client who sees the wearer. */
  const keepsZone = ({ identity }: FeedClient, alert: Alert): boolean =>
    concernsVictim(alert) &&
    !maySeeVictims(identity.principal, 'alerts.read', access.findWearer(alert.finding.wearerId));

  /** `whole`: the event as text, which is the same for most. */
  const textFor = (client: FeedClient, { event, alert }: AcceptedEvent, whole: string): string =>
    keepsZone(client, alert) ? JSON.stringify(withoutVictimZone(event)) : whole;

  /** Which log, seen with which rights: with others, what a client has missed is not what it has not been sent. */
  function epochOf({ identity }: FeedClient): string {
    const { kind, subjectId, roles, scope, tokenOperations } = identity.principal;
    if (kind === 'local') return alertLog.epoch;
    const seen = JSON.stringify([subjectId, roles, scope, tokenOperations, access.wearersVersion()]);
    return `${alertLog.epoch}.${createHash('sha256').update(seen).digest('base64url').slice(0, 22)}`;
  }

  function readSnapshotFor(client: FeedClient): string {
    if (client.identity.principal.kind === 'local') return readSnapshot();
    const seen = alertLog.open().filter(({ finding }) => tells(client, 'alerts.read', finding.wearerId));
    return JSON.stringify(
      seen.map((alert) => toAlertItem(keepsZone(client, alert) ? alertWithoutVictimZone(alert) : alert)),
    );
  }

  function begin(client: FeedClient, resume: ReturnType<typeof parseResume>, isReached: boolean): void {
    const seq = alertLog.headSeq();
    const epoch = epochOf(client);
    const serverTime = new Date(clock.nowMs()).toISOString();
    client.sendBurst(encode({ type: 'hello', epoch, seq, serverTime, takes: CLIENT_MESSAGES }));
    const isSameLog = resume?.epoch === epoch;
    const missed = resume !== null && isSameLog && isReached ? alertLog.acceptedAfter(resume.seq) : null;
    if (resume !== null && missed !== null) {
      client.position = resume.seq;
      for (const accepted of missed) {
        if (!tells(client, 'alerts.read', accepted.event.wearerId)) continue;
        sendEvent(client, accepted, textFor(client, accepted, JSON.stringify(accepted.event)), 'sendBurst');
      }
    } else {
      const reason = resume === null ? '' : `,"reason":"${isSameLog ? 'resume-too-old' : 'epoch-changed'}"`;
      client.sendBurst(`{"type":"snapshot","seq":${seq},"alerts":${readSnapshotFor(client)}${reason}}`);
      client.position = seq;
    }
    client.send(encode({ type: 'status', ...status.current() }));
    clients.add(client);
  }

  function sendEvent(client: FeedClient, { seq }: AcceptedEvent, event: string, how: 'send' | 'sendBurst'): void {
    if (seq <= client.position) return;
    client[how](`{"type":"event","seq":${seq},"prevSeq":${client.position},"event":${event}}`);
    client.position = seq;
  }

  async function connect(
    socket: WebSocket,
    identity: Identity,
    say: SayOfClient,
    resume: ReturnType<typeof parseResume>,
  ): Promise<void> {
    const client = createFeedClient(
      socket,
      identity,
      () => clock.nowMs(),
      limits,
      (why) => {
        clients.delete(client);
        deps.counters?.clientCutOff(why);
        logger.info({ why, bufferedBytes: socket.bufferedAmount }, 'a feed client that does not read is cut off');
      },
    );
    let fromSeq = resume?.seq;
    socket.on('close', () => {
      clients.delete(client);
      const sent = client.position < 0 ? {} : { toSeq: client.position };
      say('close', { ...(fromSeq !== undefined && { fromSeq }), ...sent }).catch(tellUnsaid);
    });
    // Whatever breaks a connection closes it too, with the code that fits; there is nothing to do.
    socket.on('error', (error) => logger.debug({ message: error.message }, 'a feed connection broke'));
    takeMessages(client, say, { clock, onUnsaid: tellUnsaid });
    const isReached = resume?.epoch !== epochOf(client) || (await alertLog.reached(resume.seq, limits.catchUpMs));
    // In the turn in which it joins the others: what ended while it connected must not have missed it.
    if (socket.readyState !== socket.OPEN || closing || !closeWhereOver(client)) return;
    begin(client, resume, isReached);
    fromSeq ??= client.position;
  }

  function tellUnsaid(error: unknown): void {
    logger.error({ message: String(error) }, 'what a feed client read could not be put on record');
  }

  /** False where it was closed. */
  function closeWhereOver(client: FeedClient): boolean {
    const state = client.identity.check();
    if (state === 'valid') return true;
    clients.delete(client);
    if (state === 'ended') client.socket.close(CLOSE.ENDED, 'the session is over; sign in');
    else client.socket.close(CLOSE.RIGHTS_CHANGED, 'other rights; connect again');
    return false;
  }

  /** Whose list is not the same with what is known of a wearer now begins anew. */
  function closeWhereSeenOtherwise(before: WearerScope | undefined, now: WearerScope): void {
    for (const client of clients) {
      const { principal } = client.identity;
      const isSame = (['alerts.read', 'positions.read'] as const).every(
        (operation) =>
          maySee(principal, operation, before) === maySee(principal, operation, now) &&
          maySeeVictims(principal, operation, before) === maySeeVictims(principal, operation, now),
      );
      if (isSame) continue;
      clients.delete(client);
      client.socket.close(CLOSE.RIGHTS_CHANGED, 'another scope; connect again');
    }
  }

  const sayOfRequest = (request: IncomingMessage, principal: Identity['principal'] | null): SayOfClient =>
    sayOfClient({ audit: deps.audit, clock, address: deps.reach.clientAddress(request) }, request, principal);

  /** Who reads; null: nobody that may, and it has been answered. */
  async function identify(request: IncomingMessage, socket: Duplex): Promise<Identity | null> {
    try {
      const identity = await access.identify(request);
      if (identity !== null && mayDo(identity.principal, 'alerts.read')) return identity;
      await sayOfRequest(request, identity?.principal ?? null)('open', { outcome: 'denied' }).catch(tellUnsaid);
      const refused =
        identity === null
          ? { status: 401, detail: 'Sign in, or send a bearer token that is valid here.' }
          : { status: 403, detail: 'Your roles do not include this.' };
      refuseUpgrade(socket, refused);
    } catch (error) {
      logger.warn({ message: String(error) }, 'it cannot be told who wants to read the feed');
      refuseUpgrade(socket, { status: 503, detail: 'It cannot be told yet who is signed in.', retryAfterSeconds: 1 });
    }
    return null;
  }

  function judgeUpgrade(path: string | undefined, request: IncomingMessage): Refused | null {
    if (path !== FEED_PATH) return { status: 404, detail: 'There is no WebSocket at this address.' };
    if (!deps.reach.isHostAllowed(request)) {
      return {
        status: 421,
        detail: 'Tagwatch does not answer for this host: see TAGWATCH_PUBLIC_URL and TAGWATCH_ALLOWED_HOSTS.',
      };
    }
    if (!deps.reach.isOriginAllowed(request)) {
      return { status: 403, detail: 'Pages of this origin may not read the feed.' };
    }
    if (closing) return { status: 503, detail: 'The server is stopping.', retryAfterSeconds: 1 };
    if (!alertLog.isCaughtUp()) {
      return { status: 503, detail: 'The alert log is still being read.', retryAfterSeconds: 1 };
    }
    if (sockets.clients.size >= limits.connections) {
      logger.warn({ connections: sockets.clients.size }, 'a feed client was refused: too many are connected');
      return { status: 503, detail: 'Too many clients are connected.', retryAfterSeconds: 10 };
    }
    return null;
  }

  async function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const [path, query] = (request.url ?? '').split('?', 2);
    const refused = judgeUpgrade(path, request);
    if (refused !== null) {
      refuseUpgrade(socket, refused);
      return;
    }
    const identity = await identify(request, socket);
    if (identity === null || socket.destroyed) return;
    const resume = parseResume(new URLSearchParams(query).get('resume'));
    const say = sayOfRequest(request, identity.principal);
    if (!takePlace(identity.principal, socket)) {
      await say('open', { outcome: 'limited' }).catch(tellUnsaid);
      const detail = `You have ${limits.connectionsOfOne} connections open already: close one.`;
      refuseUpgrade(socket, { status: 429, detail, retryAfterSeconds: 10 });
      return;
    }
    try {
      await say('open', resume === null ? {} : { fromSeq: resume.seq });
    } catch (error) {
      tellUnsaid(error);
      refuseUpgrade(socket, { status: 503, detail: 'The audit takes no entries.', retryAfterSeconds: 2 });
      return;
    }
    if (socket.destroyed) return;
    sockets.handleUpgrade(request, socket, head, (connected) => {
      connect(connected, identity, say, resume).catch((error: unknown) => {
        logger.error({ message: String(error) }, 'a feed client could not be served');
        connected.close(1011);
      });
    });
  }

  server.on('upgrade', onUpgrade);
  const endings = [
    alertLog.subscribe((accepted) => {
      const event = JSON.stringify(accepted.event);
      for (const client of clients) {
        if (!tells(client, 'alerts.read', accepted.event.wearerId)) continue;
        sendEvent(client, accepted, textFor(client, accepted, event), 'send');
      }
    }),
    liveView.subscribe((changed) =>
      sendPositions(
        clients,
        changed,
        () => liveView.positions(),
        (client, wearerId) => tells(client, 'positions.read', wearerId),
      ),
    ),
    access.onWearer(closeWhereSeenOtherwise),
    status.subscribe((changed) => {
      const text = encode({ type: 'status', ...changed });
      for (const client of clients) client.send(text);
    }),
  ];
  const watching = setInterval(() => {
    for (const client of clients) closeWhereOver(client);
  }, IDENTITY_CHECK_MS);
  const heartbeat = setInterval(() => {
    const open = clients.size === 0 ? [] : alertLog.open();
    for (const client of clients) {
      const seen = open.filter(({ finding }) => tells(client, 'alerts.read', finding.wearerId));
      client.send(encode({ type: 'heartbeat', seq: client.position, standing: countStanding(seen, clock.nowMs()) }));
      client.checkAlive(clock.nowMs());
    }
  }, limits.heartbeatMs);

  return {
    connections: () => sockets.clients.size,
    sounds: () =>
      [...clients].flatMap(({ identity: { principal }, sound }) => {
        if (!isOfControlRoom(principal)) return [];
        const areas = principal.kind === 'local' ? null : principal.scope.areas;
        return [{ ...sound, who: principal.subjectId, areas }];
      }),
    async close() {
      closing = true;
      clearInterval(heartbeat);
      clearInterval(watching);
      for (const end of endings) end();
      const gone = [...sockets.clients].map((socket) => new Promise<void>((resolve) => socket.once('close', resolve)));
      for (const socket of sockets.clients) socket.close(CLOSE.GOING_AWAY, 'stopping; resume');
      const limit = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, limits.closeMs);
      await Promise.all(gone);
      clearTimeout(limit);
      server.off('upgrade', onUpgrade);
      sockets.close();
    },
  };
}

/** Who sits there to be told: a sergeant's page at the desk is silent as a rule. */
const isOfControlRoom = ({ kind, roles }: Identity['principal']): boolean =>
  kind === 'local' || roles.includes('supervisor');

function encode(message: ServerMessage): string {
  return JSON.stringify(message);
}
