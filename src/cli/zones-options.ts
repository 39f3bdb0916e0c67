/** The options of `tagwatch zones validate` and `tagwatch zones import`. */
import type { Bbox } from '../formats/zones/zone.js';
import { ZONE_FILE_FORMATS, type ZoneFileFormat } from '../formats/zones/zone-file.js';
import { TYPICAL_R95_METRES } from '../formats/zones/zone-file-check.js';
import type { ZoneFileOptions } from '../formats/zones/zone-file-item.js';
import { readConfig } from '../start/config.js';
import { joinMinusValues, readArguments } from './arguments.js';
import { readTarget, TARGET_OPTIONS, type Target } from './target.js';

export interface ZonesOptions {
  readonly paths: readonly string[];
  /** Null: by each file's name and content. */
  readonly format: ZoneFileFormat | null;
  readonly reading: ZoneFileOptions;
  readonly serviceArea: Bbox | null;
  readonly r95Metres: number;
  readonly isStrict: boolean;
  readonly isJson: boolean;
}

export interface ImportOptions extends ZonesOptions, Target {
  readonly replaces: boolean;
  readonly skipsBad: boolean;
  readonly zonesOnly: boolean;
}

export type ZonesCommand =
  | { readonly kind: 'validate'; readonly options: ZonesOptions }
  | { readonly kind: 'import'; readonly options: ImportOptions }
  | { readonly kind: 'schema' }
  | { readonly kind: 'help'; readonly topic: 'zones' | 'validate' | 'import' }
  | { readonly kind: 'wrong'; readonly errors: readonly string[] };

const COMMON = {
  format: { type: 'string' },
  'id-from': { type: 'string' },
  'name-from': { type: 'string' },
  'id-prefix': { type: 'string' },
  'ignore-unknown': { type: 'boolean', default: false },
  'service-area': { type: 'string' },
  'r95-metres': { type: 'string', default: String(TYPICAL_R95_METRES) },
  strict: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
const SENDING = {
  ...TARGET_OPTIONS,
  replace: { type: 'boolean', default: false },
  'skip-bad': { type: 'boolean', default: false },
  'zones-only': { type: 'boolean', default: false },
} as const;

function parse(argv: readonly string[], isImport: boolean) {
  const args = joinMinusValues(argv, { ...COMMON, ...SENDING });
  // Both are parsed with all options, so that one type describes them; those of the other command are refused before.
  if (!isImport) readArguments({ args, allowPositionals: true, options: COMMON });
  return readArguments({ args, allowPositionals: true, options: { ...COMMON, ...SENDING } });
}

const isFormat = (name: string): name is ZoneFileFormat => Object.hasOwn(ZONE_FILE_FORMATS, name);

function readServiceArea(given: string | undefined, inherited: string | undefined, errors: string[]): Bbox | null {
  const result = readConfig({ TAGWATCH_SERVICE_AREA: given ?? inherited });
  if (result.ok) return result.config.serviceArea;
  const name = given === undefined ? 'TAGWATCH_SERVICE_AREA' : '--service-area';
  errors.push(...result.errors.map((error) => error.replaceAll('TAGWATCH_SERVICE_AREA', name)));
  return null;
}

/** The command in the arguments after `zones`; everything that is wrong with them is told at once. `env`: for the service area. */
export function readZonesCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ZonesCommand {
  const [verb, ...rest] = argv;
  if (verb === undefined) return { kind: 'wrong', errors: ['tagwatch zones what? validate, import or schema.'] };
  if (verb === '--help' || verb === '-h' || verb === 'help') return { kind: 'help', topic: 'zones' };
  if (verb === 'schema' && rest.length === 0) return { kind: 'schema' };
  if (verb !== 'validate' && verb !== 'import') {
    return { kind: 'wrong', errors: [`There is no "tagwatch zones ${[verb, ...rest].join(' ').slice(0, 60)}".`] };
  }
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(rest, verb === 'import');
  } catch (error) {
    return { kind: 'wrong', errors: [(error as Error).message] };
  }
  const { values, positionals: paths } = parsed;
  if (values.help) return { kind: 'help', topic: verb };
  const errors: string[] = [];
  if (paths.length === 0) errors.push('PATHS are needed: files or folders.');
  const { format } = values;
  if (format !== undefined && !isFormat(format)) {
    errors.push(`--format is "${format}"; known: ${Object.keys(ZONE_FILE_FORMATS).join(', ')}.`);
  }
  const idPrefix = values['id-prefix'] ?? null;
  if (idPrefix !== null && !/^[A-Za-z0-9._-]{1,50}$/.test(idPrefix)) {
    errors.push(`--id-prefix is "${idPrefix}"; it must be 1 to 50 of A-Z a-z 0-9 . _ -`);
  }
  const r95Metres = Number(values['r95-metres']);
  if (!(r95Metres > 0 && r95Metres <= 1_000)) {
    errors.push(`--r95-metres is "${values['r95-metres']}"; it must be above 0, 1,000 at most.`);
  }
  const serviceArea = readServiceArea(values['service-area'], env['TAGWATCH_SERVICE_AREA'], errors);
  // What only validates sends nothing.
  const target = verb === 'import' ? readTarget(values, env, errors) : null;
  if (errors.length > 0) return { kind: 'wrong', errors };
  const options: ZonesOptions = {
    paths,
    format: format !== undefined && isFormat(format) ? format : null,
    reading: {
      idFrom: values['id-from'] ?? null,
      nameFrom: values['name-from'] ?? null,
      idPrefix,
      ignoresUnknown: values['ignore-unknown'],
    },
    serviceArea,
    r95Metres,
    isStrict: values.strict,
    isJson: values.json,
  };
  if (target === null) return { kind: 'validate', options };
  const sending = {
    ...target,
    replaces: values.replace,
    skipsBad: values['skip-bad'],
    zonesOnly: values['zones-only'],
  };
  return { kind: 'import', options: { ...options, ...sending } };
}
