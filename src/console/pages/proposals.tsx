/** Everything that waits for a second person and may be read by who looks, in words, to be agreed to or refused. */
import { useState } from 'preact/hooks';
import { toKnown, useAnswer } from '../components/use-answer.js';
import { WaitingProposals } from '../components/waiting-proposals.js';
import { may } from '../live/live.js';
import { askProposals } from '../proposals-api.js';

export function ProposalsPage() {
  const [said, setSaid] = useState('');
  const [turn, setTurn] = useState(0);
  const waiting = toKnown(useAnswer(may('proposals.read') ? String(turn) : null, askProposals));
  return (
    <main class="tw-page tw-page--text" id="main">
      <h1 class="tw-sentence">Waits for a second person</h1>
      <p role="status">{said}</p>
      {!may('proposals.read') ? (
        <p>Your roles do not include proposals.</p>
      ) : waiting.isKnown ? (
        <>
          <h2 class="govuk-visually-hidden">Proposals</h2>
          <WaitingProposals
            proposals={waiting.items}
            onDecided={(told) => {
              setSaid(told);
              setTurn(turn + 1);
            }}
          />
        </>
      ) : (
        <p>{`What waits is not known: ${waiting.why}.`}</p>
      )}
    </main>
  );
}
