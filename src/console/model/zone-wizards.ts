/** Short forms for what is drafted most: each gives a draft that the editor then shows whole. Hours that the order does not say are ours. */
import { ALL_DAYS, type ConditionDraft, EMPTY_DRAFT, type ZoneDraft } from './zone-draft.js';

export const WIZARDS = ['zone', 'hdc', 'address', 'match-day', 'acquisitive'] as const;
export type Wizard = (typeof WIZARDS)[number];

export const WIZARD_WORDS: Readonly<Record<Wizard, { readonly name: string; readonly about: string }>> = {
  zone: { name: 'A zone', about: 'Draw it, type it or read it from a file, and say of whom and when it holds.' },
  hdc: {
    name: 'Home Detention Curfew',
    about: 'At the address from 19:00 to 07:00 every night, from 15:00 on the first one.',
  },
  address: { name: 'Exclusion round an address', about: 'A circle of 200 m, with a ring of 100 m that warns.' },
  'match-day': { name: 'Match day', about: 'A ground that is not to be entered on the days of matches alone.' },
  acquisitive: {
    name: 'Acquisitive-crime tag',
    about: 'At the address from 22:00 to 06:00, on licence; trails are matched with crimes without any condition.',
  },
};

export interface WizardSaid {
  readonly orderId: string;
  /** Of the address or ground. */
  readonly places: string;
  readonly name: string;
  /** `YYYY-MM-DD`: the first night, or the days of matches. */
  readonly dates: readonly string[];
  /** As `datetime-local` has it. */
  readonly startsAt: string;
  /** What makes the ids of the new records. */
  readonly stem: string;
}

const night = (from: string, to: string) => [{ days: [...ALL_DAYS], from, to }];

const conditionOf = (said: WizardSaid, more: Partial<ConditionDraft>): ConditionDraft => ({
  conditionId: `C-${said.stem}`,
  orderId: said.orderId,
  kind: 'curfew',
  windows: null,
  exceptions: [],
  graceMinutes: '',
  wording: '',
  startsAt: said.startsAt,
  endsAt: '',
  ...more,
});

export function draftByWizard(wizard: Wizard, said: WizardSaid): ZoneDraft {
  const base: ZoneDraft = { ...EMPTY_DRAFT, zoneId: `Z-${said.stem}`, name: said.name, places: said.places };
  const circle = (radiusMetres: string, bufferMetres = '') => ({
    ...base,
    shape: 'circle' as const,
    radiusMetres,
    bufferMetres,
  });
  switch (wizard) {
    case 'zone':
      return { ...base, condition: conditionOf(said, { kind: 'exclusion' }) };
    case 'hdc': {
      const exceptions = said.dates
        .slice(0, 1)
        .map((date) => ({ date, reason: 'first-night' as const, windows: [{ from: '15:00', to: '07:00' }] }));
      return { ...circle('50'), condition: conditionOf(said, { windows: night('19:00', '07:00'), exceptions }) };
    }
    case 'address':
      return { ...circle('200', '100'), priority: 'high', condition: conditionOf(said, { kind: 'exclusion' }) };
    case 'match-day': {
      const exceptions = said.dates.map((date) => ({
        date,
        reason: 'match-day' as const,
        windows: [{ from: '11:00', to: '23:00' }],
      }));
      return { ...circle('800'), condition: conditionOf(said, { kind: 'exclusion', windows: [], exceptions }) };
    }
    case 'acquisitive':
      return {
        ...circle('50'),
        condition: conditionOf(said, { windows: night('22:00', '06:00'), graceMinutes: '10' }),
      };
  }
}
