/** What each part of this process waits for, from its first moment: what a start has yet to reach is told as well as what went away. */

export interface PartStatus {
  readonly part: string;
  readonly ready: boolean;
  /** What it waits for, in words; absent when ready. */
  readonly waitsFor?: string;
  /** Without it alerts do not flow. */
  readonly essential: boolean;
}

export interface Readiness {
  /** Names a part that is still to come, and what it waits for until then. Parts are told in this order. */
  expect(part: string, kind: 'essential' | 'helpful', waitsFor?: string): void;
  /** The part is there; from now on it says itself what it waits for, null: nothing. Throws for one that nobody expects. */
  watch(part: string, waitsFor?: () => string | null): void;
  /** From now on parts are what counts: the start is over. */
  startIsOver(): void;
  parts(): readonly PartStatus[];
}

const ITS_TURN = 'its turn in the start';
const START: PartStatus = { part: 'start', ready: false, essential: true, waitsFor: 'every other part to be ready' };

export function createReadiness(): Readiness {
  const parts = new Map<string, { readonly essential: boolean; waitsFor: () => string | null }>();
  let isOver = false;
  return {
    expect(part, kind, waitsFor = ITS_TURN) {
      parts.set(part, { essential: kind === 'essential', waitsFor: () => waitsFor });
    },
    watch(part, waitsFor = () => null) {
      const known = parts.get(part);
      if (!known) throw new Error(`nobody expects a part "${part}"`);
      known.waitsFor = waitsFor;
    },
    startIsOver() {
      isOver = true;
    },
    parts() {
      const told = [...parts].map(([part, { essential, waitsFor: ask }]): PartStatus => {
        const waitsFor = ask();
        return { part, essential, ready: waitsFor === null, ...(waitsFor === null ? {} : { waitsFor }) };
      });
      return isOver ? told : [...told, START];
    },
  };
}

/** The essential parts that wait, without the start that waits for them. */
export function listBlocking(readiness: Readiness): readonly PartStatus[] {
  return readiness.parts().filter((one) => one.essential && !one.ready && one.part !== START.part);
}
