import { expect, test } from 'vitest';
import type { HistoryPoint } from '../../api/overview';
import { finishedMinutes } from './history';

const point = (completed: number): HistoryPoint => ({
  at: '2031-07-01T12:00:00Z',
  enqueued: 0,
  completed,
  failed: 0,
  retried: 0,
  dead: 0,
  cancelled: 0,
  wait_p50_ms: null,
  wait_p95_ms: null,
  run_p50_ms: null,
  run_p95_ms: null,
  run_p99_ms: null,
});

test('a minute that is under way is no fall', () => {
  const points = [point(100), point(110), point(3)];
  expect(finishedMinutes(points)).toEqual(points.slice(0, 2));
});

test('it is shown while there is nothing else', () => {
  const points = [point(0), point(3)];
  expect(finishedMinutes(points)).toBe(points);
  expect(finishedMinutes([])).toEqual([]);
});
