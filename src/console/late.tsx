/**
 * Pages, and a dialog, that are not in the first script: fetched when the first one stands, so that whoever goes to them later finds them there, also while
 * the server is away; or when one is wanted before.
 */
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Dialog } from './components/dialog.js';

type Fetch = () => Promise<unknown>;
const fetches: Fetch[] = [];

/** Where it is said how the fetching gets on. */
interface Frame {
  readonly failed: ComponentChildren;
  readonly Around: ComponentType<{ readonly children: ComponentChildren }>;
}

const PAGE: Frame = {
  failed: <h1 class="tw-sentence">This page could not be fetched</h1>,
  Around: ({ children }) => (
    <main class="tw-page" id="main">
      {children}
    </main>
  ),
};

/** Of a dialog, which can be left before it is there. */
export const dialogFrame = (label: string, onLeave: () => void): Frame => ({
  failed: <h2 class="govuk-heading-m">{`${label}: the form could not be fetched`}</h2>,
  Around: ({ children }) => (
    <Dialog label={label} onClose={onLeave}>
      {children}
      <div class="tw-row-of-buttons">
        <button type="button" class="tw-button" onClick={onLeave}>
          Leave
        </button>
      </div>
    </Dialog>
  ),
});

/** Some browsers keep that a script could not be fetched until the page is loaded again: that stands first. `load` brings the page; a page that was brought is there at once. */
export function late<P extends object>(
  load: () => Promise<ComponentType<P>>,
  { failed, Around }: Frame = PAGE,
): ComponentType<P> {
  let brought: ComponentType<P> | null = null;
  const bring = async (): Promise<void> => {
    brought ??= await load();
  };
  fetches.push(bring);
  return function LatePage(props: P) {
    const [state, setState] = useState<'waits' | 'there' | 'failed'>(brought === null ? 'waits' : 'there');
    useEffect(() => {
      if (state !== 'waits') return;
      let isWanted = true;
      bring().then(
        () => isWanted && setState('there'),
        () => isWanted && setState('failed'),
      );
      return () => {
        isWanted = false;
      };
    }, [state]);
    const Page = brought;
    if (Page !== null) return <Page {...props} />;
    return (
      <Around>
        {state === 'failed' ? (
          <>
            {failed}
            <p role="alert">The server is away, or is another version by now.</p>
            <div class="tw-row-of-buttons">
              <button type="button" class="tw-button" onClick={() => setState('waits')}>
                Try again
              </button>
              <button type="button" class="tw-button" onClick={() => location.reload()}>
                Load everything again
              </button>
            </div>
          </>
        ) : (
          <p role="status">…</p>
        )}
      </Around>
    );
  };
}

/** Behind what the first page asks for. */
const FETCH_AFTER_MS = 2_000;

/** One after the other; what fails is tried again when it is wanted. */
export function fetchLatePages(): void {
  setTimeout(() => {
    void (async () => {
      for (const fetchPage of fetches) await fetchPage().catch(() => {});
    })();
  }, FETCH_AFTER_MS);
}
