/** What a provider says of somebody, as roles and scope. What no mapping names gives nothing. */
import { isOperation, type Operation } from './operations.js';
import type { Area, Principal, Scope } from './principal.js';
import type { Role } from './roles.js';

/** Claims by JSON Pointer (RFC 6901), and what their values give. */
export interface Mapped<T> {
  readonly from: readonly string[];
  readonly values: Readonly<Record<string, T>>;
}

export interface ClaimsMapping {
  /** Where the name for the eye stands. */
  readonly name: string;
  readonly roles: Mapped<Role>;
  readonly areas: Mapped<Area>;
  /** Where the ids of the wearers stand who are assigned by name. */
  readonly wearerIds?: string;
  readonly tagPrefixes?: Mapped<readonly string[]>;
}

export type Claims = Readonly<Record<string, unknown>>;

const MAX_VALUES = 1_000;

/** The texts at a pointer: of a list each one, of a text that one. */
function textsAt(claims: Claims, pointer: string): readonly string[] {
  let at: unknown = claims;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return [];
    at = (at as Claims)[name];
  }
  return [at]
    .flat()
    .filter((value): value is string => typeof value === 'string')
    .slice(0, MAX_VALUES);
}

function mapped<T>(claims: Claims, { from, values }: Mapped<T>): T[] {
  const texts = new Set(from.flatMap((pointer) => textsAt(claims, pointer)));
  return [...texts].flatMap((text) => (Object.hasOwn(values, text) ? [values[text] as T] : []));
}

/** The operations that a token's `scope` (or Entra's `scp`) names, as `alerts.read` or behind an address as `api://…/alerts.read`. */
function operationsOf(claims: Claims): Operation[] {
  const texts = ['/scope', '/scp'].flatMap((pointer) => textsAt(claims, pointer)).flatMap((text) => text.split(' '));
  return [...new Set(texts.map((text) => text.slice(text.lastIndexOf('/') + 1)))].filter(isOperation);
}

function scopeOf(claims: Claims, { areas, wearerIds, tagPrefixes }: ClaimsMapping): Scope {
  return {
    areas: mapped(claims, areas),
    wearerIds: wearerIds === undefined ? [] : textsAt(claims, wearerIds),
    tagPrefixes: tagPrefixes === undefined ? [] : mapped(claims, tagPrefixes).flat(),
  };
}

/** Never an address: it may be given to somebody else. */
const subjectIdOf = ({ iss, sub }: Claims): string => `${String(iss)}#${String(sub)}`;

/** A person who has signed in. */
export function toPerson(claims: Claims, mapping: ClaimsMapping): Principal {
  return {
    kind: 'person',
    subjectId: subjectIdOf(claims),
    name: textsAt(claims, mapping.name)[0] ?? String(claims['sub']),
    // What is a machine's is by its token alone.
    roles: [...new Set(mapped(claims, mapping.roles))].filter((role) => role !== 'service'),
    scope: scopeOf(claims, mapping),
    tokenOperations: [],
  };
}

/** Whoever brings a bearer token. */
export function toMachine(claims: Claims, mapping: ClaimsMapping): Principal {
  const tokenOperations = operationsOf(claims);
  const roles = new Set(mapped(claims, mapping.roles));
  if (tokenOperations.length > 0) roles.add('service');
  const [name = String(claims['sub'])] = ['/client_id', '/azp', '/appid'].flatMap((pointer) =>
    textsAt(claims, pointer),
  );
  return {
    kind: 'machine',
    subjectId: subjectIdOf(claims),
    name,
    roles: [...roles],
    scope: scopeOf(claims, mapping),
    tokenOperations,
  };
}
