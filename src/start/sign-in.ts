/** Sign-in, put together from the configuration: the provider, the sessions in the log, and who asks. */
import type { ClaimsMapping } from '../access/claims.js';
import { type Access, OPEN_ACCESS } from '../http/plugins/principal.js';
import type { SignInDeps } from '../http/routes/people/sign-in.js';
import { parseClaimsFile } from '../http/sign-in/claims-file.js';
import { createIdentify } from '../http/sign-in/identify.js';
import { createProvider } from '../http/sign-in/provider.js';
import { createSessions } from '../http/sign-in/sessions.js';
import { accessRecord, endedSession } from '../ports/access.js';
import type { Clock } from '../ports/clock.js';
import { LogUnavailable } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import type { AccessView } from '../views/access.js';
import type { SignInConfig } from './config.js';
import { readNamed } from './named-file.js';

export interface SignIn {
  readonly access: Access;
  /** For the routes; null where no sign-in is configured. */
  readonly routes: SignInDeps | null;
  /** From now on sessions and scopes are known; until then nobody is. */
  use(view: AccessView): void;
}

/** Throws where a file that the configuration names cannot be used, saying which and why. */
export function createSignIn(config: SignInConfig | null, clock: Clock, logger: Log): SignIn {
  if (config === null) return { access: OPEN_ACCESS, routes: null, use() {} };
  const clientSecret = readNamed('TAGWATCH_OIDC_CLIENT_SECRET_FILE', config.clientSecretFile, (text) => text.trim());
  const mapping: ClaimsMapping = readNamed('TAGWATCH_CLAIMS_FILE', config.claimsFile, parseClaimsFile);
  const { publicUrl } = config;
  const isSecure = publicUrl.startsWith('https:');
  let view: AccessView | null = null;
  const known = (): AccessView => {
    if (view === null) throw new LogUnavailable('who is signed in is still being read');
    return view;
  };
  const provider = createProvider({ ...config, clientSecret });
  const sessions = createSessions({
    store: {
      find: (sessionId) => known().findSession(sessionId),
      all: () => known().sessions(),
      put: (session) => known().append(accessRecord({ type: 'session', session })),
      tellUse: (sessionId, usedAtMs) => known().append(accessRecord({ type: 'use', sessionId, usedAtMs })),
      end: async (sessionId) => {
        for (const record of endedSession(sessionId)) await known().append(record);
      },
    },
    clock,
    isSecure,
  });
  const isCaughtUp = () => view?.isCaughtUp() ?? false;
  const findGrant = (subjectId: string) => view?.findGrant(subjectId);
  const identify = createIdentify({ provider, sessions, mapping, clock, publicUrl, findGrant, isCaughtUp });
  return {
    access: {
      identify,
      findWearer: (wearerId) => view?.findWearer(wearerId),
      wearersVersion: () => view?.wearersVersion() ?? 0,
      onWearer: (onChanged) =>
        known().subscribe((change) => {
          if (change.type === 'wearer') onChanged(change.before, change.now);
        }),
    },
    routes: { provider, sessions, mapping, isSecure, logger },
    use(given) {
      view = given;
    },
  };
}
