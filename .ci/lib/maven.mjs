/** Jars from Maven Central, kept in a cache folder, and the Java that runs them. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { installPackages, outputOf, runCommand } from './processes.mjs';

const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** Kafka 4's broker needs it. */
const OLDEST_JAVA = 17;

export function installJava() {
  // `java -version` speaks on stderr; this prints to stdout.
  const version = Number(outputOf('java', ['--version'])?.match(/^\S+ (\d+)/)?.[1] ?? 0);
  if (version < OLDEST_JAVA) installPackages([`openjdk-${OLDEST_JAVA}-jre-headless`]);
}

const pomOf = (name, artifacts) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tagwatch</groupId><artifactId>ci-${name}</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>${artifacts
    .map((artifact) => artifact.split(':'))
    .map(
      ([group, id, version]) =>
        `<dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`,
    )
    .join('')}</dependencies>
</project>
`;

/**
 * The folder with the jars of these artifacts (`group:id:version`) and of what they need; filled once, in one step, so that several
 * instances can ask at once. `name` holds the version.
 */
export function installJars(name, artifacts) {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tagwatch-ci');
  const jars = join(cache, name);
  if (existsSync(jars)) return jars;
  if (!outputOf('mvn', ['--version'])) installPackages(['maven']);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  try {
    writeFileSync(join(draft, 'pom.xml'), pomOf(name, artifacts));
    const target = join(draft, 'jars');
    const goal = `${DEPENDENCY_PLUGIN}:copy-dependencies`;
    runCommand('mvn', ['-q', '-B', goal, `-DoutputDirectory=${target}`, '-DincludeScope=runtime'], { cwd: draft });
    try {
      renameSync(target, jars);
    } catch (error) {
      // Another instance was faster.
      if (!existsSync(jars)) throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return jars;
}
