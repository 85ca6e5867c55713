const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const formatCount = (value: number): string => whole.format(value);

/** 12,345 up to a million, then 1.2M: for places that are narrow. */
export const formatShort = (value: number): string => (Math.abs(value) < 100_000 ? whole.format(value) : compact.format(value));

export const formatRate = (value: number): string => (value < 10 ? oneDigit.format(value) : formatShort(value));

export const formatPercent = (value: number | null): string => (value === null ? '–' : `${oneDigit.format(value)} %`);

/** A duration in two units at most: 850 ms, 12.3 s, 4 m 10 s, 3 h 5 m, 2 d 4 h. */
export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) {
    return '–';
  }
  const value = Math.max(0, ms);
  if (value < 1) {
    return value === 0 ? '0 ms' : `${value.toFixed(1)} ms`;
  }
  if (value < 1_000) {
    return `${Math.round(value)} ms`;
  }
  return formatSeconds(value / 1_000);
}

export function formatSeconds(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) {
    return '–';
  }
  if (seconds < 1) {
    return formatMs(seconds * 1_000);
  }
  if (seconds < 59.95) {
    return `${oneDigit.format(seconds)} s`;
  }
  const total = Math.round(seconds);
  return total < 3_600
    ? twoUnits(total, 60, 'm', 1, 's')
    : total < 86_400
      ? twoUnits(total, 3_600, 'h', 60, 'm')
      : twoUnits(total, 86_400, 'd', 3_600, 'h');
}

function twoUnits(total: number, major: number, majorUnit: string, minor: number, minorUnit: string): string {
  const first = Math.floor(total / major);
  const second = Math.floor((total % major) / minor);
  return second === 0 ? `${first} ${majorUnit}` : `${first} ${majorUnit} ${second} ${minorUnit}`;
}

export function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : bytes < 1024 * 1024 ? `${oneDigit.format(bytes / 1024)} KiB` : `${oneDigit.format(bytes / 1024 / 1024)} MiB`;
}

/** "1 job", "2 jobs": counted nouns of this page take a plain s. */
export const plural = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

/** The end of a job's id: its beginning is a time, and so the same for jobs of one minute. */
export const shortId = (id: string): string => id.slice(-8);
