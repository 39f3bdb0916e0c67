/** Hosts that lead to this very machine. */

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** A name or an address, an IPv6 one with or without brackets. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host.replace(/^\[(.*)\]$/, '$1'));

/** A URL that secrets and personal data may go to: over plain HTTP only to this very machine. */
export function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
