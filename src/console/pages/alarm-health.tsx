/** Whether people can still work with what they are told: the figures of EEMUA 191 beside what they should be. */
import type { SoundsTold } from '../../alerts/console-sounds.js';
import { type AlarmHealthTold, askAlarmHealth } from '../api.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { nameOf, nowMs, zoneNameOf } from '../live/live.js';
import { judgeHealth } from '../model/health-figures.js';
import { wearerAddress } from '../route.js';
import { personWords } from '../words/people-words.js';
import { describeSilences } from '../words/sound-words.js';

const REFRESH_MS = 15_000;
const SOURCE_WORDS = { zone: 'Zone', condition: 'Condition', tag: 'Tag' } as const;
/** On the wire this and the wearer's id stand in the place of a tag where there is none. */
const WEARER_PLACE = 'wearer/';

/** What would have to be put right: a wearer without a tag is led to. */
function Source({ type, id }: Pick<AlarmHealthTold['worstSources'][number], 'type' | 'id'>) {
  if (type === 'tag' && id.startsWith(WEARER_PLACE)) {
    const wearerId = id.slice(WEARER_PLACE.length);
    return (
      <>
        <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>, who has no tag
      </>
    );
  }
  return <>{`${SOURCE_WORDS[type]} ${type === 'zone' ? (zoneNameOf(id) ?? id) : id}`}</>;
}

export function AlarmHealthPage() {
  const answer = useAnswer(String(Math.floor(nowMs.value / REFRESH_MS)), askAlarmHealth);
  return (
    <main class="tw-page" id="main">
      <h1 class="tw-sentence">Health of the alarms</h1>
      {answer === null ? <p>…</p> : null}
      {answer !== null && !answer.ok ? <p>It is not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true ? <Figures health={answer.body} /> : null}
    </main>
  );
}

/** Who cannot be heard is told by nobody else. */
function Sounds({ sounds }: { readonly sounds: SoundsTold }) {
  const sentences = describeSilences(sounds, nowMs.peek());
  return (
    <>
      <h2 class="tw-heading">Sound in the control room</h2>
      {sentences.length === 0 ? <p>Nobody who is connected is silent, nor was over the last day.</p> : null}
      <ul class="tw-sentences">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  );
}

function Figures({ health }: { readonly health: AlarmHealthTold }) {
  const sounds = health.sounds ?? null;
  const acknowledged = Object.entries(health.acknowledgedInTenMinutes).sort(([, a], [, b]) => b - a);
  return (
    <>
      <table class="tw-table tw-figures">
        <caption>Of what you may see, now and over the last day</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Now</th>
            <th scope="col">Should be</th>
            <th scope="col">Is it?</th>
          </tr>
        </thead>
        <tbody>
          {judgeHealth(health, sounds, nowMs.peek()).map(({ name, value, aim, isGood }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
              <td>{aim}</td>
              <td class={isGood ? 'tw-good' : 'tw-bad'}>{isGood ? '✓ yes' : '✗ no'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sounds === null ? null : <Sounds sounds={sounds} />}
      <h2 class="tw-heading">The ten worst sources of the last day</h2>
      {health.worstSources.length === 0 ? <p>Nothing was raised.</p> : null}
      <ol class="tw-sentences">
        {health.worstSources.map(({ type, id, raised, share }) => (
          <li key={`${type} ${id}`}>
            <Source type={type} id={id} />
            {`: ${raised} ${raised === 1 ? 'alert' : 'alerts'}, ${Math.round(share * 100)} % of all`}
          </li>
        ))}
      </ol>
      <h2 class="tw-heading">Acknowledged in the last ten minutes</h2>
      {acknowledged.length === 0 ? <p>Nobody acknowledged anything.</p> : null}
      <ul class="tw-sentences">
        {acknowledged.map(([who, count]) => (
          <li key={who}>{`${personWords(who)}: ${count}`}</li>
        ))}
      </ul>
    </>
  );
}
