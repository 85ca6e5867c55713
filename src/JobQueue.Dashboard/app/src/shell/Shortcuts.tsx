import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { following, shortcuts, switchClock, switchTheme } from '../lib/preferences';
import { refreshAll } from '../live/refresh';
import { help } from './help';
import { pages } from './pages';

/** How long `g` waits for its second key. */
const chordMs = 1_200;

export function Shortcuts() {
  const [, go] = useLocation();
  useEffect(() => {
    let chordUntil = 0;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]') !== null) {
        return;
      }
      if (event.key === '?') {
        help.set(true);
      } else if (shortcuts.get() === 'off') {
        return;
      } else if (event.timeStamp < chordUntil) {
        chordUntil = 0;
        const page = pages.find((candidate) => candidate.key === event.key);
        if (page === undefined) {
          return;
        }
        go(page.path);
      } else if (event.key === 'g') {
        chordUntil = event.timeStamp + chordMs;
      } else if (!single(event.key)) {
        return;
      }
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [go]);
  return null;
}

function single(key: string): boolean {
  switch (key) {
    case '/':
      document.getElementById('job-search')?.focus();
      return true;
    case 'j':
      return moveRow(1);
    case 'k':
      return moveRow(-1);
    case 'x':
      return selectRow();
    case 'r':
      refreshAll();
      return true;
    case 'l':
      following.set(!following.get());
      return true;
    case 't':
      switchTheme();
      return true;
    case 'u':
      switchClock();
      return true;
    default:
      return false;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches('input:not([type=checkbox]), textarea, select') || target.isContentEditable);
}

/** A row is where the focus is: its first link, so that Enter opens it. */
function moveRow(by: number): boolean {
  const links = [...document.querySelectorAll<HTMLElement>('main tr[data-row]')].flatMap((row) => row.querySelector<HTMLElement>('a, td:not(.select) button') ?? []);
  const here = links.findIndex((link) => link.closest('tr') === document.activeElement?.closest('tr'));
  const next = links[Math.min(links.length - 1, Math.max(0, here + by))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}

function selectRow(): boolean {
  const box = document.activeElement?.closest('tr')?.querySelector<HTMLInputElement>('td.select input');
  box?.click();
  return box !== null && box !== undefined;
}
