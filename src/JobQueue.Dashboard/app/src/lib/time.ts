import { formatSeconds } from './format';

export type Clock = 'local' | 'utc';

const zones: Record<Clock, string | undefined> = { local: undefined, utc: 'UTC' };

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(clock: Clock, style: 'full' | 'time'): Intl.DateTimeFormat {
  const key = `${clock} ${style}`;
  let format = formats.get(key);
  if (format === undefined) {
    const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    const date = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-CA', { ...(style === 'full' ? date : {}), ...time, timeZone: zones[clock] });
    formats.set(key, format);
  }
  return format;
}

/** 2026-01-31 08:00:00, in the clock that the page shows. */
export function formatInstant(instant: string | number, clock: Clock): string {
  const time = new Date(instant);
  return Number.isNaN(time.getTime()) ? String(instant) : formatOf(clock, 'full').format(time).replace(', ', ' ');
}

/** 08:00:00.123: for log lines. */
export function formatTimeOfDay(instant: string, clock: Clock): string {
  const time = new Date(instant);
  return `${formatOf(clock, 'time').format(time)}.${String(time.getUTCMilliseconds()).padStart(3, '0')}`;
}

/** "in 5 m", "3 h 2 m ago", "now". */
export function formatRelative(instant: string, now: number): string {
  const seconds = (new Date(instant).getTime() - now) / 1_000;
  if (Math.abs(seconds) < 1) {
    return 'now';
  }
  const words = formatSeconds(Math.abs(seconds) < 60 ? Math.round(Math.abs(seconds)) : Math.abs(seconds));
  return seconds > 0 ? `in ${words}` : `${words} ago`;
}

/** The value of an input of type datetime-local, read in the clock that the page shows. */
export function readInput(value: string, clock: Clock): string | undefined {
  if (value === '') {
    return undefined;
  }
  const time = new Date(clock === 'utc' ? `${value}Z` : value);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** An instant as such an input wants it. */
export function writeInput(instant: string | undefined, clock: Clock): string {
  return instant === undefined ? '' : formatInstant(instant, clock).replace(' ', 'T').slice(0, 16);
}
