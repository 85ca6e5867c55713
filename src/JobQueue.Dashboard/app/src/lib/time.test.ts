import { expect, test } from 'vitest';
import { formatInstant, formatRelative, formatTimeOfDay, readInput, writeInput } from './time';

const noon = '2031-07-01T12:00:00.250Z';

test('an instant is written in the clock that is shown', () => {
  expect(formatInstant(noon, 'utc')).toBe('2031-07-01 12:00:00');
  expect(formatTimeOfDay(noon, 'utc')).toBe('12:00:00.250');
  expect(formatInstant('no time', 'utc')).toBe('no time');
});

test('a distance is written from now', () => {
  const now = Date.parse('2031-07-01T12:00:00Z');
  expect(formatRelative('2031-07-01T12:00:00.500Z', now)).toBe('now');
  expect(formatRelative('2031-07-01T12:05:00Z', now)).toBe('in 5 m');
  expect(formatRelative('2031-07-01T10:58:00Z', now)).toBe('1 h 2 m ago');
});

test('what is typed into a field comes back as it was', () => {
  expect(readInput('2031-07-01T12:00', 'utc')).toBe('2031-07-01T12:00:00.000Z');
  expect(writeInput('2031-07-01T12:00:00.000Z', 'utc')).toBe('2031-07-01T12:00');
  expect(readInput('', 'utc')).toBeUndefined();
  expect(readInput(writeInput(noon, 'local'), 'local')).toBe('2031-07-01T12:00:00.000Z');
  expect(writeInput(undefined, 'utc')).toBe('');
});
