/** What a person has to say with each act: the fields of its dialog, and the act that they make. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
import { CONTACT_OUTCOMES, type ContactOutcome, DISPOSITIONS, type Disposition } from '../../alerts/event.js';
import type { Act, Verb } from '../api.js';
import { CONTACT_WORDS, DISPOSITION_WORDS } from '../words/words.js';

/** Done at once, by one key: nothing has to be said. */
export const IMMEDIATE = ['acknowledge', 'take', 'release', 'resume', 'refuse-suspension'] as const;
export type ImmediateVerb = (typeof IMMEDIATE)[number];
export type AskingVerb = Exclude<Verb, ImmediateVerb>;

export const isImmediate = (verb: Verb): verb is ImmediateVerb => (IMMEDIATE as readonly Verb[]).includes(verb);

/** What was written so far, by the name of the field. */
export type Values = Readonly<Record<string, string>>;

export type Field =
  | {
      readonly type: 'choice';
      readonly name: string;
      readonly label: string;
      readonly options: readonly (readonly [value: string, words: string])[];
    }
  | {
      readonly type: 'text';
      readonly name: string;
      readonly label: string;
      isRequired(items: readonly AlertItem[]): boolean;
    }
  | { readonly type: 'person'; readonly name: string; readonly label: string };

export interface ActForm {
  /** For one alert, and for many; the button that does it says the same. */
  readonly title: readonly [one: string, many: (count: number) => string];
  readonly leave: string;
  readonly fields: readonly Field[];
  toAct(values: Values, nowMs: number): Act;
}

const always = (_items: readonly AlertItem[]): boolean => true;
const never = (_items: readonly AlertItem[]): boolean => false;
const text = (name: string, label: string, isRequired = always): Field => ({ type: 'text', name, label, isRequired });
const choice = (name: string, label: string, options: readonly (readonly [string, string])[]): Field => ({
  type: 'choice',
  name,
  label,
  options,
});
const noteOf = ({ note = '' }: Values): { readonly note?: string } => (note.trim() === '' ? {} : { note });

const MINUTE_MS = 60_000;
const SUSPENSIONS = [
  ['15', '15 minutes'],
  ['30', '30 minutes'],
  ['60', '1 hour'],
  ['120', '2 hours'],
  ['240', '4 hours'],
  ['480', '8 hours'],
] as const;

const suspensionOf = ({ minutes = '', reason = '' }: Values, nowMs: number) => ({
  until: new Date(nowMs + Number(minutes) * MINUTE_MS).toISOString(),
  reason,
});

/** A strap tamper is not closed by a click. */
const wantsNote = (items: readonly AlertItem[]): boolean => items.some(({ kind }) => kind === 'strap-tamper');

export const ACT_FORMS: Readonly<Record<AskingVerb, ActForm>> = {
  dispose: {
    title: ['Close the alert', (count) => `Close ${count} alerts`],
    leave: 'Leave it open',
    fields: [
      choice(
        'disposition',
        'How was it resolved?',
        DISPOSITIONS.map((value) => [value, DISPOSITION_WORDS[value]] as const),
      ),
      text('note', 'Note', wantsNote),
    ],
    toAct: (values) => ({ verb: 'dispose', disposition: values.disposition as Disposition, ...noteOf(values) }),
  },
  note: {
    title: ['Add a note', (count) => `Add a note to ${count} alerts`],
    leave: 'Leave',
    fields: [text('note', 'Note')],
    toAct: ({ note = '' }) => ({ verb: 'note', note }),
  },
  'victim-contact': {
    title: ['Victim contact', (count) => `Victim contact for ${count} alerts`],
    leave: 'Leave',
    fields: [
      choice(
        'outcome',
        'What came of it?',
        CONTACT_OUTCOMES.map((value) => [value, CONTACT_WORDS[value]] as const),
      ),
      text('note', 'Note', never),
    ],
    toAct: (values) => ({ verb: 'victim-contact', outcome: values.outcome as ContactOutcome, ...noteOf(values) }),
  },
  assign: {
    title: ['Assign the alert', (count) => `Assign ${count} alerts`],
    leave: 'Leave',
    fields: [{ type: 'person', name: 'to', label: 'To whom' }, text('note', 'Note', never)],
    toAct: (values) => ({ verb: 'assign', to: values.to ?? '', ...noteOf(values) }),
  },
  'hand-over': {
    title: ['Hand over the alert', (count) => `Hand over ${count} alerts`],
    leave: 'Keep it',
    fields: [{ type: 'person', name: 'to', label: 'To whom' }, text('note', 'What they have to know')],
    toAct: ({ to = '', note = '' }) => ({ verb: 'hand-over', to, note }),
  },
  suspend: {
    title: ['Suspend the alert', (count) => `Suspend ${count} alerts`],
    leave: 'Leave it on',
    fields: [choice('minutes', 'For how long?', SUSPENSIONS), text('reason', 'Why')],
    toAct: (values, nowMs) => ({ verb: 'suspend', ...suspensionOf(values, nowMs) }),
  },
  'propose-suspension': {
    title: ['Propose to suspend the alert', (count) => `Propose to suspend ${count} alerts`],
    leave: 'Leave it on',
    fields: [choice('minutes', 'For how long?', SUSPENSIONS), text('reason', 'Why')],
    toAct: (values, nowMs) => ({ verb: 'propose-suspension', ...suspensionOf(values, nowMs) }),
  },
  'agree-suspension': {
    title: ['Agree to the suspension', (count) => `Agree to ${count} suspensions`],
    leave: 'Leave',
    fields: [],
    toAct: () => ({ verb: 'agree-suspension' }),
  },
  'request-review': {
    title: ['Ask for a review', (count) => `Ask for a review of ${count} alerts`],
    leave: 'Leave',
    fields: [text('reason', 'What is to be looked at')],
    toAct: ({ reason = '' }) => ({ verb: 'request-review', reason }),
  },
  reopen: {
    title: ['Reopen the alert', (count) => `Reopen ${count} alerts`],
    leave: 'Leave it closed',
    fields: [text('reason', 'Why')],
    toAct: ({ reason = '' }) => ({ verb: 'reopen', reason }),
  },
};

/** What keeps the act from being sent: a choice that was not made, a text that is blank; null: nothing. */
export function missingField(form: ActForm, values: Values, items: readonly AlertItem[]): Field | null {
  const isBlank = (name: string) => (values[name] ?? '').trim() === '';
  return form.fields.find((field) => isBlank(field.name) && (field.type !== 'text' || field.isRequired(items))) ?? null;
}
