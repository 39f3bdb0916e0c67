/** For whoever is signed in and may not see alerts: that it is so, why, and what there is for them. */
import { may, me } from '../live/live.js';
import { OPERATION_WORDS } from '../words/operation-words.js';

export function NoAlertsPage() {
  const who = me.value;
  if (who === null) return null;
  const roles = who.roles.length === 0 ? 'no role' : who.roles.join(', ');
  const able = who.operations.flatMap((operation) => OPERATION_WORDS[operation] ?? []);
  return (
    <main class="tw-page" id="main">
      <h1 class="govuk-heading-l">No alerts are shown to you</h1>
      <p class="govuk-body">
        {`You are signed in as ${who.name} (${roles}), and ${who.roles.length === 0 ? 'without a role' : 'that'} does not include alerts. ` +
          'Nothing is wrong with the connection. Whoever administers the rights here can give you a role that does.'}
      </p>
      {able.length === 0 ? null : (
        <>
          <h2 class="tw-heading">What you may do</h2>
          <ul class="tw-sentences">
            {able.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </>
      )}
      {may('proposals.read') ? (
        <p class="govuk-body">
          <a href="/proposals">What waits for a second person</a>
        </p>
      ) : null}
      {may('holds.read') ? (
        <p class="govuk-body">
          <a href="/packs">Legal holds</a>
        </p>
      ) : null}
      {may('rejected.read') ? (
        <p class="govuk-body">
          <a href="/rejected">Rejected messages</a>
        </p>
      ) : null}
    </main>
  );
}
