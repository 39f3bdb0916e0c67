/**
 * Appends to an embedded log whose file may not grow beyond the limit of this process (`ulimit -f`), which is what a full disk is to it,
 * until appends have failed a few times; then tells what became of it. Arguments: the built program's folder, the log's.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, directory] = process.argv.slice(2);
const { openEmbeddedStore } = await import(pathToFileURL(join(dist, 'log', 'embedded-store.js')).href);
const store = openEmbeddedStore(directory, Date.now);
await store.ensureTopic({ topic: 'plain', partitions: 1, cleanup: 'delete', retentionMs: 1e12 });
await store.ensureTopic({ topic: 'compacted', partitions: 1, cleanup: 'compact' });
const kept = [];
const failures = [];
for (let n = 0; failures.length < 6; n++) {
  const topic = n % 2 === 0 ? 'plain' : 'compacted';
  const value = Buffer.alloc(100_000, n % 251);
  try {
    const [place] = await store.append(topic, [{ key: `k-${n}`, value }]);
    kept.push([topic, place.offset, n % 251]);
  } catch (error) {
    failures.push([error.constructor.name, error.message]);
    await store
      .commit('group', { topic, partition: 0 }, n)
      .catch((other) => failures.push([other.constructor.name, other.message]));
    await store.sweep(Date.now(), 0).catch(() => {});
    // Whatever is refused beside the append itself has its turn to end this process.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
process.stdout.write(JSON.stringify({ kept, failures }), () => process.exit(0));
