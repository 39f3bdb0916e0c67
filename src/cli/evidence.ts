/** `tagwatch evidence`: makes packs from the record, and verifies them wherever they are. */
import type { EvidenceDeps } from './evidence-deps.js';
import { MAKE_HELP, make } from './evidence-make.js';
import { VERIFY_HELP, verify } from './evidence-verify.js';

const HELP = `tagwatch evidence make | verify

${MAKE_HELP}

${VERIFY_HELP}

Exit codes: 0 made, or verified; 1 it could not be done, and why is said; 2 the call was not understood; 3 the pack is not verified.`;

/** Answers the exit code. Rejects where the database does not answer. */
export async function evidence(argv: readonly string[], deps: EvidenceDeps): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'make':
      return await make(rest, deps);
    case 'verify':
      return verify(rest, deps);
    case '--help':
    case '-h':
      deps.out(HELP);
      return 0;
    default:
      deps.err('tagwatch evidence: it takes make or verify.');
      deps.err('"tagwatch evidence --help" tells more.');
      return 2;
  }
}
