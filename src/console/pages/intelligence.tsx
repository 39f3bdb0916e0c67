/** The log of intelligence about everybody within scope. */
import { Intelligence } from '../components/intelligence.js';
import { may } from '../live/live.js';

export function IntelligencePage() {
  return (
    <main class="tw-page tw-page--text" id="main">
      <h1 class="tw-sentence">Intelligence</h1>
      {may('intelligence.read') ? <Intelligence wearerId={null} /> : <p>Your roles do not include intelligence.</p>}
    </main>
  );
}
