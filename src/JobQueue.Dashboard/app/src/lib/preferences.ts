import { Store } from './store';
import type { Clock } from './time';

export type Theme = 'system' | 'light' | 'dark';

/** What a person has chosen, kept in the browser; a browser that keeps nothing gets the defaults each time. */
function remembered<T extends string>(name: string, allowed: readonly T[], fallback: T): Store<T> {
  const key = `jobqueue.${name}`;
  let start = fallback;
  try {
    const kept = localStorage.getItem(key);
    start = allowed.find((value) => value === kept) ?? fallback;
  } catch {
    // Storage is switched off.
  }
  const store = new Store<T>(start);
  store.subscribe(() => {
    try {
      localStorage.setItem(key, store.get());
    } catch {
      // Not kept: the choice holds until the page is closed.
    }
  });
  return store;
}

export const theme = remembered<Theme>('theme', ['system', 'light', 'dark'], 'system');
export const clock = remembered<Clock>('clock', ['local', 'utc'], 'local');
export const shortcuts = remembered('shortcuts', ['on', 'off'], 'on');

/** Whether the page follows changes, or stands still until it is told to go on. Not kept: a new page is live. */
export const following = new Store(true);

const systemDark = matchMedia('(prefers-color-scheme: dark)');

/** What is shown now; charts draw with it, for a canvas knows no style sheet. */
export const shownTheme = new Store<'light' | 'dark'>('light');

export function applyTheme(): void {
  const chosen = theme.get();
  document.documentElement.dataset.theme = chosen;
  shownTheme.set(chosen === 'system' ? (systemDark.matches ? 'dark' : 'light') : chosen);
}

theme.subscribe(applyTheme);
systemDark.addEventListener('change', applyTheme);

export function switchTheme(): void {
  theme.set(shownTheme.get() === 'dark' ? 'light' : 'dark');
}

export function switchClock(): void {
  clock.set(clock.get() === 'local' ? 'utc' : 'local');
}
