/** Hosts that lead to this very machine. */

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** A name or an address, an IPv6 one with or without brackets. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host.replace(/^\[(.*)\]$/, '$1'));
