/** `tagwatch doctor`: what of a configuration is missing or unsafe, asked of the real parts. It changes nothing. */

import type { Log } from '../../ports/log.js';
import { type Config, readConfig } from '../../start/config.js';
import { readArguments } from '../arguments.js';
import { checkDatabase } from './check-database.js';
import { checkFiles } from './check-files.js';
import { checkKafka } from './check-kafka.js';
import { checkProvider } from './check-provider.js';
import { checkNames, checkSecrets, checkSettings } from './check-settings.js';
import { type Finding, type Grade, wrong } from './finding.js';

const HELP = `tagwatch doctor

Reads the configuration as "tagwatch serve" does, asks the sign-in provider, Kafka and PostgreSQL, looks at the files of secrets
and keys and at the clocks, and says of each what it found: good, note, unsafe, wrong, and what to do. It changes nothing, and
may run beside the program.

Exit codes: 0 nothing is wrong or unsafe; 2 the call was not understood; 3 something is.`;

/** How long it waits for each part, ms. */
const ANSWER_LIMIT_MS = 5_000;

type Environment = Readonly<Record<string, string | undefined>>;

export interface DoctorDeps {
  readonly env: Environment;
  readonly logger: Log;
  /** Null where there is no such thing. */
  readonly userId: number | null;
  readonly out: (line: string) => void;
}

const isBad = (grade: Grade): boolean => grade === 'wrong' || grade === 'unsafe';

/** Answers the exit code. */
export async function doctor(argv: readonly string[], deps: DoctorDeps): Promise<number> {
  const { values } = readArguments({ args: [...argv], options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    deps.out(HELP);
    return 0;
  }
  const findings = await examine(deps);
  for (const { grade, about, said, todo } of findings) {
    deps.out(`${grade.padEnd(7)} ${about}: ${said}`);
    if (todo !== undefined) deps.out(`        -> ${todo}`);
  }
  const bad = findings.filter(({ grade }) => isBad(grade));
  const count = (grade: Grade) => findings.filter((each) => each.grade === grade).length;
  deps.out('');
  deps.out(`${count('wrong')} wrong, ${count('unsafe')} unsafe, ${count('note')} to be known, ${count('good')} good.`);
  return bad.length === 0 ? 0 : 3;
}

async function examine({ env, logger, userId }: DoctorDeps): Promise<Finding[]> {
  const asked = new Set<string>();
  const watched = new Proxy(env, {
    get(target, name) {
      asked.add(String(name));
      return target[String(name)];
    },
  });
  const read = readConfig(watched);
  const ofEnvironment = [...checkNames(env, asked), ...checkSecrets(env)];
  if (!read.ok) return [...read.errors.map((error) => wrong('configuration', error)), ...ofEnvironment];
  return [...ofEnvironment, ...(await examineConfig(read.config, env, logger, userId))];
}

async function examineConfig(config: Config, env: Environment, logger: Log, userId: number | null): Promise<Finding[]> {
  const [provider, kafka, database] = await Promise.all([
    config.signIn === null ? [] : checkProvider(config.signIn),
    checkKafka(config, logger, ANSWER_LIMIT_MS),
    checkDatabase(config, logger, ANSWER_LIMIT_MS),
  ]);
  return [...checkSettings(config, userId), ...checkFiles(config, env), ...provider, ...kafka, ...database];
}
