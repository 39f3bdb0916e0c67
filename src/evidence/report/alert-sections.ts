/** What the report says of one alert: what it rests on, how the finding went, who did what. */
import { type ActionEvent, isFinding } from '../../alerts/event.js';
import { wordingWords } from '../../wire/condition-words.js';
import { safeEvents } from '../editions.js';
import { bothTimes, DECISION_WORDS, restingRows, strongestOf } from '../finding-sentences.js';
import type { PackAlert, PackModel } from '../pack-model.js';
import { writeDetailMap } from './maps.js';
import type { Sheet } from './sheet.js';
import { drawTable } from './table.js';

export function writeAlertDetail(sheet: Sheet, pack: PackAlert, model: PackModel): void {
  const strongest = strongestOf(pack);
  const { conditionId, conditionVersion, zoneId, zoneVersion, explanation } = strongest;
  if (conditionId !== null) {
    sheet.paragraph(
      `Condition ${conditionId}, version ${conditionVersion}; zone ${zoneId ?? 'none'}${zoneId === null ? '' : `, version ${zoneVersion}`}. Rule: ${explanation.rule}.`,
    );
    sheet.paragraph(wordingWords(pack.wording));
  }
  if (explanation.fixes.length > 0) {
    sheet.heading(3, 'The fixes that the finding rests on');
    const columns = [
      { title: 'No.', share: 0.5, isHead: true },
      { title: 'Time of the tag', share: 3.4 },
      { title: 'Distance', share: 1.7 },
      { title: 'Accuracy', share: 1 },
      { title: 'What it says by itself', share: 3.4 },
    ];
    drawTable(sheet, { columns, rows: restingRows(strongest).map((row, i) => [`${i + 1}`, ...row]) });
    writeDetailMap(sheet, strongest, model);
  }
}

export function writeRevisions(sheet: Sheet, { findings }: PackAlert): void {
  sheet.heading(3, 'How the finding went');
  const columns = [
    { title: 'Revision', share: 1, isHead: true },
    { title: 'What', share: 1.3 },
    { title: 'Sure', share: 1.3 },
    { title: 'Said at', share: 3.2 },
    { title: 'Began', share: 3.2 },
    { title: 'Ended', share: 3.2 },
  ];
  const rows = findings.map(({ revision, type, strength, raisedAt, episode }) => [
    `${revision}`,
    type,
    strength ?? 'not told',
    bothTimes(raisedAt),
    bothTimes(episode.startedAt),
    episode.endedAt === null ? 'not yet' : bothTimes(episode.endedAt),
  ]);
  drawTable(sheet, { columns, rows, size: 7.5 });
}

/** The refused ones too. In an edition without places nobody is named and nothing is told that was typed. */
export function writeActions(sheet: Sheet, { events }: PackAlert, isWhole: boolean): void {
  const actions = (isWhole ? events : safeEvents(events)).flatMap(({ event, outcome, refusal }) =>
    isFinding(event) ? [] : [{ event, outcome, refusal }],
  );
  sheet.heading(3, 'Who did what');
  if (actions.length === 0) {
    sheet.paragraph('Nobody has done anything about it by now.');
    return;
  }
  const columns = [
    { title: 'At', share: 3.2, isHead: true },
    { title: 'What', share: 2.4 },
    ...(isWhole
      ? [
          { title: 'Who', share: 2 },
          { title: 'Said', share: 3.6 },
        ]
      : []),
  ];
  const rows = actions.map(({ event, outcome, refusal }) => [
    bothTimes(event.at),
    actionWords(event) + (outcome === 'refused' ? ` – refused: ${refusal?.reason ?? 'no reason told'}` : ''),
    ...(isWhole ? [event.actor, saidBy(event)] : []),
  ]);
  drawTable(sheet, { columns, rows });
}

function actionWords({ type, disposition }: ActionEvent): string {
  return disposition === undefined ? type : `${type}, decided by a person: ${DECISION_WORDS[disposition]}`;
}

function saidBy({ note, reason, to, outcome, contactedAt }: ActionEvent): string {
  const said = [
    note,
    reason,
    to === undefined ? undefined : `to ${to}`,
    outcome === undefined ? undefined : `victim contact: ${outcome}`,
    contactedAt === undefined ? undefined : `contacted at ${contactedAt}`,
  ];
  return said.filter((one) => one !== undefined).join('\n');
}
