/** No Docker engine runs these tests, so what would hurt most when it is wrong is checked in the text of the files. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly ports: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const compose = parse(read('docker-compose.yml')) as {
  readonly services: Readonly<Record<'postgis' | 'kafka' | 'tagwatch', Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const { postgis, kafka, tagwatch } = compose.services;

describe('docker-compose.yml', () => {
  it('publishes every port on 127.0.0.1 alone: that is what makes it safe to run without sign-in', () => {
    for (const { ports } of Object.values(compose.services)) {
      expect(ports.length).toBeGreaterThan(0);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('pins the images, and keeps the data of both in volumes that it declares', () => {
    for (const { image, volumes } of [postgis, kafka]) {
      expect(image).toMatch(/:\d+[.-]\d+/);
      expect(compose.volumes).toHaveProperty(volumes![0]!.split(':')[0]!);
    }
    expect(kafka.volumes![0]).toContain(`:${kafka.environment.KAFKA_LOG_DIRS}`);
  });

  it('starts the program when both are healthy, and names them as they are reached from its container', () => {
    expect(tagwatch.build).toBe('.');
    for (const [name, service] of Object.entries({ postgis, kafka })) {
      expect(service.healthcheck!.test.length).toBeGreaterThan(1);
      expect(tagwatch.depends_on).toMatchObject({ [name]: { condition: 'service_healthy' } });
    }
    const url = new URL(String(tagwatch.environment.DATABASE_URL));
    expect([url.hostname, url.username, url.password, url.pathname]).toEqual([
      'postgis',
      postgis.environment.POSTGRES_USER,
      postgis.environment.POSTGRES_PASSWORD,
      `/${postgis.environment.POSTGRES_DB}`,
    ]);
    expect(kafka.environment.KAFKA_ADVERTISED_LISTENERS).toContain(`//${tagwatch.environment.KAFKA_BROKERS}`);
  });

  it('lets the program listen where the published port leads', () => {
    expect(tagwatch.environment).toMatchObject({ TAGWATCH_HOST: '0.0.0.0', TAGWATCH_ALLOW_UNAUTHENTICATED: 1 });
    expect(tagwatch.ports).toEqual([expect.stringMatching(new RegExp(`:${tagwatch.environment.TAGWATCH_PORT}$`))]);
  });
});

describe('Dockerfile', () => {
  const stages = read('Dockerfile')
    .split(/^FROM /m)
    .slice(1);

  it('builds and runs on the same pinned Node, which this package supports', () => {
    expect(stages.map((stage) => stage.split(/\s/)[0])).toEqual([
      expect.stringMatching(/^node:24\.\d+\.\d+-slim$/),
      stages[0]!.split(/\s/)[0],
    ]);
  });

  it('runs what the build made, not as root, and asks it for its health', () => {
    const last = stages.at(-1)!;
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK[\s\S]*\/health\/live/m);
    expect(last).toContain('CMD ["node", "--max-semi-space-size=64", "dist/main.js", "serve"]');
    for (const needed of ['package.json', 'node_modules', 'dist', 'geofences']) {
      expect(last).toContain(`/tagwatch/${needed} `);
    }
  });
});
