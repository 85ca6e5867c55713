import { expect, test } from 'vitest';
import { formatBytes, formatMs, formatPercent, formatRate, formatSeconds, formatShort, plural } from './format';

test.each([
  [null, '–'],
  [0, '0 ms'],
  [0.44, '0.4 ms'],
  [12.6, '13 ms'],
  [999, '999 ms'],
  [1_500, '1.5 s'],
  [59_940, '59.9 s'],
  [59_970, '1 m'],
  [250_000, '4 m 10 s'],
  [7_500_000, '2 h 5 m'],
  [180_000_000, '2 d 2 h'],
])('%s ms are %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test('no duration is negative', () => {
  expect(formatMs(-5)).toBe('0 ms');
  expect(formatSeconds(undefined)).toBe('–');
  expect(formatSeconds(Number.NaN)).toBe('–');
});

test('counts are grouped, and short where they are large', () => {
  expect(formatShort(99_999)).toBe('99,999');
  expect(formatShort(1_234_567)).toBe('1.2M');
  expect(formatRate(3.14)).toBe('3.1');
  expect(formatRate(314.15)).toBe('314');
  expect(formatPercent(null)).toBe('–');
  expect(formatPercent(2.56)).toBe('2.6 %');
  expect(plural(1, 'job')).toBe('1 job');
  expect(plural(5_000, 'job')).toBe('5,000 jobs');
  expect(formatBytes(100)).toBe('100 B');
  expect(formatBytes(1_536)).toBe('1.5 KiB');
});
