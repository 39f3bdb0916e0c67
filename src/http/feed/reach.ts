/**
 * How browsers reach this program: for which hosts it answers, and whose pages may use it. Without sign-in, nothing else keeps a
 * foreign page in a supervisor's browser out: neither one that asks across origins, nor one that has had its own name point at
 * this machine (DNS rebinding), for which the browser sees one origin.
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export interface ReachConfig {
  /** The origin by which browsers reach it, where that is not the address it listens on; null: it is. */
  readonly publicUrl: string | null;
  /** Further names that callers use, without ports. */
  readonly allowedHosts: readonly string[];
  /** Further origins whose pages may use it, as `https://console.example`. */
  readonly allowedOrigins: readonly string[];
  /** Addresses, or networks as `10.0.0.0/8`, whose `X-Forwarded-Host` counts. */
  readonly trustedProxies: readonly string[];
}

/** On loopback, by its address or localhost, for its own pages. */
export const OWN_REACH: ReachConfig = { publicUrl: null, allowedHosts: [], allowedOrigins: [], trustedProxies: [] };

export interface Reach {
  /** Whether it answers for the host that a request names: an address, localhost, or a name that it was told. */
  isHostAllowed(request: IncomingMessage): boolean;
  /** Whether a page of the request's origin may use it: no browser, our own (the same host and port), or an allowed one. */
  isOriginAllowed(request: IncomingMessage): boolean;
  /** The address that asks, which proxies that are trusted tell. */
  clientAddress(request: IncomingMessage): string | undefined;
}

/** Splits `10.0.0.0/8`; null where it is neither an address nor a network. */
export function parseNetwork(
  text: string,
): { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' } | null {
  const [address = '', prefixText, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return null;
  const longest = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return null;
  const prefix = prefixText === undefined ? longest : Number(prefixText);
  return prefix > longest ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Host and port of a `Host` header, in one spelling; null where it is none. */
function parseHost(host: string): URL | null {
  if (!/^[^\s/?#@\\]+$/.test(host)) return null;
  try {
    return new URL(`http://${host}`);
  } catch {
    return null;
  }
}

/** Names of hosts that are remembered as they were read; more are forgotten all at once. */
const MAX_REMEMBERED_HOSTS = 1_000;

export function createReach({ publicUrl, allowedHosts, allowedOrigins, trustedProxies }: ReachConfig): Reach {
  const origins = new Set(
    [...allowedOrigins, ...(publicUrl === null ? [] : [publicUrl])].map((url) => new URL(url).origin),
  );
  const names = new Set(allowedHosts.map((name) => name.toLowerCase()));
  if (publicUrl !== null) names.add(new URL(publicUrl).hostname);
  const proxies = new BlockList();
  for (const network of trustedProxies.flatMap((text) => parseNetwork(text) ?? [])) {
    proxies.addSubnet(network.address, network.prefix, network.family);
  }

  const hosts = new Map<string, URL | null>();

  /** Every request names one, and nearly all of them the same. */
  function readHost(text: string | undefined): URL | null {
    if (text === undefined) return null;
    const known = hosts.get(text);
    if (known !== undefined) return known;
    if (hosts.size >= MAX_REMEMBERED_HOSTS) hosts.clear();
    const read = parseHost(text);
    hosts.set(text, read);
    return read;
  }

  const isTrustedProxy = (address: string): boolean =>
    isIP(address) !== 0 && proxies.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

  /** The host that the client asked for, which a proxy that is trusted tells. */
  function hostOf({ headers, socket }: IncomingMessage): URL | null {
    const forwarded = headers['x-forwarded-host'];
    // Each proxy of a chain adds its own at the end; the first is the client's.
    const isTold = typeof forwarded === 'string' && isTrustedProxy(socket.remoteAddress ?? '');
    const told = isTold ? forwarded.split(',', 1)[0]?.trim() : undefined;
    return readHost(told ?? headers.host);
  }

  return {
    isHostAllowed(request) {
      const name = hostOf(request)?.hostname;
      if (name === undefined) return false;
      // A page cannot have an address as its name and point it elsewhere.
      const isAddress = isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
      return isAddress || name === 'localhost' || name.endsWith('.localhost') || names.has(name);
    },
    isOriginAllowed(request) {
      const { origin } = request.headers;
      if (origin === undefined || origins.has(origin)) return true;
      const host = hostOf(request)?.host;
      return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
    },
    clientAddress({ headers, socket }) {
      const forwarded = headers['x-forwarded-for'];
      const told = typeof forwarded === 'string' ? forwarded.split(',').map((part) => part.trim()) : [];
      // From the end, where each proxy adds who asked it; whatever a stranger wrote stands before.
      let address = socket.remoteAddress;
      while (address !== undefined && told.length > 0 && isTrustedProxy(address)) {
        const before = told.pop();
        if (before === undefined || isIP(before) === 0) break;
        address = before;
      }
      return address;
    },
  };
}
