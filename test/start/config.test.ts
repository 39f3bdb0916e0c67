import { describe, expect, it } from 'vitest';
import { OWN_TOPICS } from '../../src/ports/topics.js';
import { readConfig } from '../../src/start/config.js';

const errorsOf = (env: Record<string, string>, roles: string | null = null) => {
  const result = readConfig(env, roles);
  return result.ok ? [] : result.errors;
};

describe('configuration', () => {
  it('runs embedded on loopback with nothing set', () => {
    const result = readConfig({});
    expect(result).toMatchObject({
      ok: true,
      config: {
        databaseUrl: null,
        kafkaBrokers: [],
        kafkaPingTopics: [{ topic: 'tagwatch.pings', format: 'tagwatch' }],
        host: '127.0.0.1',
        port: 8080,
        serviceArea: null,
        roles: ['intake', 'engine', 'recorder', 'publisher', 'handoff', 'api'],
      },
    });
    expect(result.ok && Object.isFrozen(result.config)).toBe(true);
  });

  it('names every bad variable at once', () => {
    const errors = errorsOf({
      DATABASE_URL: 'mysql://x',
      KAFKA_BROKERS: 'localhost',
      KAFKA_PING_TOPICS: 'tagwatch.inputs,pings:nmea,a:b:c',
      TAGWATCH_PORT: '99999',
      TAGWATCH_LOG_LEVEL: 'loud',
      TAGWATCH_TIME_STAMP_URL: 'ftp://stamps.example',
      TAGWATCH_RECONCILE_QUIET_SECONDS: 'soon',
      TAGWATCH_SERVICE_AREA: '2,50,1,51',
      TAGWATCH_PUBLIC_URL: 'https://tagwatch.example/console',
      TAGWATCH_ALLOWED_HOSTS: 'tagwatch:8080',
      TAGWATCH_ALLOWED_ORIGINS: 'console.example',
      TAGWATCH_TRUSTED_PROXIES: '10.0.0.0/99',
    });
    for (const name of [
      'DATABASE_URL',
      'KAFKA_BROKERS',
      'tagwatch.inputs is Tagwatch',
      '"nmea"',
      '"a:b:c"',
      'TAGWATCH_PORT',
      'TAGWATCH_LOG_LEVEL',
      'TAGWATCH_TIME_STAMP_URL',
      'TAGWATCH_RECONCILE_QUIET_SECONDS',
      'TAGWATCH_SERVICE_AREA',
      'TAGWATCH_PUBLIC_URL',
      'TAGWATCH_ALLOWED_HOSTS',
      'TAGWATCH_ALLOWED_ORIGINS',
      'TAGWATCH_TRUSTED_PROXIES',
    ])
      expect(errors.join('\n')).toContain(name);
  });

  it.each(['', 'blue.', 'blue', 'a_b-'])(
    'reads no topic that Tagwatch writes to, under the prefix "%s" or none',
    (prefix) => {
      for (const own of OWN_TOPICS.map(({ topic }) => topic)) {
        for (const topic of [own, `${prefix}${own}`, `another.${own}`]) {
          const env = { KAFKA_TOPIC_PREFIX: prefix, KAFKA_PING_TOPICS: `tagwatch.pings,${topic}` };
          expect(errorsOf(env), topic).toEqual([expect.stringContaining(`${topic} is Tagwatch's own`)]);
        }
      }
      expect(errorsOf({ KAFKA_TOPIC_PREFIX: prefix, KAFKA_PING_TOPICS: `${prefix}tagwatch.pings,alerts` })).toEqual([]);
    },
  );

  it('refuses to listen where strangers reach it, and says what to do', () => {
    expect(errorsOf({ TAGWATCH_HOST: '0.0.0.0' })[0]).toContain('TAGWATCH_ALLOW_UNAUTHENTICATED=1');
    expect(errorsOf({ TAGWATCH_HOST: '0.0.0.0', TAGWATCH_ALLOW_UNAUTHENTICATED: '1' })).toEqual([]);
  });

  it('knows the roles, and that the embedded parts serve one process', () => {
    expect(errorsOf({}, 'engine')[0]).toContain('KAFKA_BROKERS');
    expect(errorsOf({ KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://a/b' }, 'engine,watcher')[0]).toContain(
      'watcher',
    );
    expect(errorsOf({ KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://a/b' }, 'engine,api')).toEqual([]);
  });

  describe('sign-in', () => {
    const all = {
      TAGWATCH_OIDC_ISSUER: 'https://idp.example/realms/force',
      TAGWATCH_OIDC_CLIENT_ID: 'tagwatch',
      TAGWATCH_OIDC_CLIENT_SECRET_FILE: '/run/secrets/oidc',
      TAGWATCH_CLAIMS_FILE: '/etc/tagwatch/claims.json',
      TAGWATCH_PUBLIC_URL: 'https://tagwatch.example',
    };
    const errorsOf = (env: Record<string, string | undefined>) => {
      const read = readConfig(env);
      return read.ok ? [] : read.errors;
    };

    it('is off where nothing of it is set, and lets it listen elsewhere where it is', () => {
      const off = readConfig({});
      expect(off.ok && off.config.signIn).toBeNull();
      const on = readConfig({ ...all, TAGWATCH_HOST: '0.0.0.0' });
      expect(on.ok && on.config.signIn).toMatchObject({ issuer: all.TAGWATCH_OIDC_ISSUER, apiAudience: null });
      expect(errorsOf({ TAGWATCH_HOST: '0.0.0.0' })).toEqual([expect.stringContaining('no sign-in is configured')]);
    });

    it('names what is missing: half of it is never none of it', () => {
      for (const name of Object.keys(all))
        expect([name, errorsOf({ ...all, [name]: undefined })]).toEqual([name, [`sign-in needs ${name} as well`]]);
      expect(errorsOf({ TAGWATCH_API_AUDIENCE: 'urn:tagwatch' })[0]).toContain('TAGWATCH_OIDC_ISSUER');
    });

    it('refuses plain HTTP over a network, and an audience that ID tokens have', () => {
      expect(errorsOf({ ...all, TAGWATCH_OIDC_ISSUER: 'http://idp.example' })).toEqual([
        expect.stringContaining('TAGWATCH_OIDC_ISSUER is'),
      ]);
      expect(errorsOf({ ...all, TAGWATCH_PUBLIC_URL: 'http://tagwatch.example' })).toEqual([
        expect.stringContaining('TAGWATCH_PUBLIC_URL is'),
      ]);
      expect(errorsOf({ ...all, TAGWATCH_OIDC_ISSUER: 'http://127.0.0.1:9000' })).toEqual([]);
      expect(errorsOf({ ...all, TAGWATCH_API_AUDIENCE: 'tagwatch' })).toEqual([expect.stringContaining('must differ')]);
    });
  });

  describe('how Kafka is reached', () => {
    const PEM = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----';
    const files: Readonly<Record<string, string>> = { '/ca.pem': PEM, '/password': 'secret\n', '/empty': '\n' };
    const readFile = (path: string) => {
      const text = files[path];
      if (text === undefined) throw new Error('ENOENT');
      return text;
    };
    const scram = {
      KAFKA_TLS_CA_FILE: '/ca.pem',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'tagwatch',
      KAFKA_SASL_PASSWORD_FILE: '/password',
    };
    const errorsOf = (env: Record<string, string | undefined>) => {
      const read = readConfig(env, null, readFile);
      return read.ok ? [] : read.errors;
    };

    it('by TLS and as whom it says, with the secret out of a file', () => {
      const read = readConfig(scram, null, readFile);
      expect(read.ok && read.config.kafkaSecurity).toEqual({
        tls: { ca: PEM },
        sasl: { mechanism: 'scram-sha-512', username: 'tagwatch', password: 'secret' },
      });
      const plain = readConfig({}, null, readFile);
      expect(plain.ok && plain.config.kafkaSecurity).toEqual({ tls: null, sasl: null });
    });

    it('never half, and never with a secret that anybody can read on the way', () => {
      expect(errorsOf({ ...scram, KAFKA_SASL_USERNAME: undefined })).toEqual([
        'KAFKA_SASL_MECHANISM scram-sha-512 needs KAFKA_SASL_USERNAME as well',
      ]);
      expect(errorsOf({ ...scram, KAFKA_SASL_MECHANISM: undefined })[0]).toContain('KAFKA_SASL_MECHANISM is not set');
      expect(errorsOf({ ...scram, KAFKA_SASL_MECHANISM: 'gssapi' })[0]).toContain('known: plain, scram');
      expect(errorsOf({ ...scram, KAFKA_TLS_CA_FILE: undefined, KAFKA_SASL_MECHANISM: 'plain' })[0]).toContain(
        'sends the secret as it is',
      );
      expect(errorsOf({ ...scram, KAFKA_SASL_PASSWORD_FILE: '/nowhere' })[0]).toContain('/nowhere cannot be read');
      expect(errorsOf({ ...scram, KAFKA_SASL_PASSWORD_FILE: '/empty' })[0]).toContain('/empty is empty');
      expect(errorsOf({ ...scram, KAFKA_SASL_PASSWORD: 'x' })[0]).toContain('are both set');
      expect(errorsOf({ ...scram, KAFKA_TLS_CA_FILE: '/password' })[0]).toContain('as PEM');
    });

    it('the database’s address out of a file', () => {
      const url = 'postgres://tagwatch:secret@db.internal/tagwatch';
      const read = readConfig({ DATABASE_URL_FILE: '/url' }, null, () => `${url}\n`);
      expect(read.ok && read.config.databaseUrl).toBe(url);
    });
  });
});
