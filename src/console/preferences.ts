/** What somebody has chosen in this browser: the theme, whether single keys act, whether it is a wall. */
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const read = (name: string): string | null => {
  try {
    return localStorage.getItem(`tagwatch-${name}`);
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
    return null;
  }
};
const keep = (name: string, value: string): void => {
  try {
    localStorage.setItem(`tagwatch-${name}`, value);
  } catch {
    // As above.
  }
};

const isTheme = (text: string | null): text is Theme => text === 'light' || text === 'dark' || text === 'system';
const readTheme = (): Theme => {
  const kept = read('theme');
  return isTheme(kept) ? kept : 'system';
};

export const theme = signal<Theme>(readTheme());
/** Single keys act (WCAG 2.1.4 wants that they can be switched off: speech input says letters). */
export const singleKeys = signal(read('single-keys') !== 'off');

/** Whether the page is for a screen on the wall, read from three metres. */
export const isWall = signal(read('wall') === 'on');
/**
 * A wall is laid out as if it were so wide, and drawn as much larger as it is wider. On a screen of 55 inches capitals are then 14 mm high,
 * which from 3 m are the 16 minutes of arc that ISO 9241-303 wants at the least.
 */
const WALL_PIXELS = 960;
/** How many times larger than on a desk everything is drawn. */
export const wallScale = signal(1);

const darkQuery = matchMedia('(prefers-color-scheme: dark)');
/** What is on the screen now. */
export const isDark = signal(false);

/** Applies the choices to the page, now and whenever they change. */
export function applyPreferences(): void {
  const show = () => {
    isDark.value = theme.value === 'dark' || (theme.value === 'system' && darkQuery.matches);
    document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light';
  };
  darkQuery.addEventListener('change', show);
  effect(() => {
    keep('theme', theme.value);
    show();
  });
  const enlarge = () => {
    wallScale.value = isWall.value ? Math.max(1, innerWidth / WALL_PIXELS) : 1;
    document.documentElement.dataset.wall = isWall.value ? 'on' : 'off';
    document.documentElement.style.setProperty('--tw-wall', String(wallScale.value));
  };
  addEventListener('resize', enlarge);
  effect(() => {
    keep('wall', isWall.value ? 'on' : 'off');
    enlarge();
  });
  effect(() => keep('single-keys', singleKeys.value ? 'on' : 'off'));
}

/** The filter of the board as this person left it in this browser, as an address has it; empty: none. */
export const readFilterOf = (subjectId: string): string => read(`filter-${subjectId}`) ?? '';
export const keepFilterOf = (subjectId: string, query: string): void => keep(`filter-${subjectId}`, query);

/** The columns of the cohort that this person does not want to see. */
export const readHiddenColumnsOf = (subjectId: string): readonly string[] =>
  (read(`hidden-columns-${subjectId}`) ?? '').split(',').filter((name) => name !== '');
export const keepHiddenColumnsOf = (subjectId: string, names: readonly string[]): void =>
  keep(`hidden-columns-${subjectId}`, names.join(','));
