/** The verifier as one file, for whoever has Node and a pack and nothing else: `node tagwatch-verify.mjs PACK.zip --keys FILE`. The build
 * bundles it; nothing imports it. */
import { verify } from './evidence-verify.js';

/** Put in by the build: the version of the program, and the hash of the engine that stands in the file. */
declare const PROGRAM_VERSION: string;
declare const ENGINE_VERSION: string;

process.exitCode = verify(process.argv.slice(2), {
  keyFile: '',
  program: { version: PROGRAM_VERSION, engine: ENGINE_VERSION },
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
