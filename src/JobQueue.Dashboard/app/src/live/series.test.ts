import { expect, test } from 'vitest';
import type { Counts } from '../api/types';
import { append, liveSeconds, rateBetween } from './series';

const counts = (part: Partial<Counts>): Counts => ({
  pending: 0,
  scheduled: 0,
  running: 0,
  retrying: 0,
  failed: 0,
  completed: 0,
  cancelled: 0,
  live_workers: 0,
  retained_completed: 0,
  retained_cancelled: 0,
  total_enqueued: 0,
  total_failed_attempts: 0,
  total_retried: 0,
  total_dead: 0,
  total_recovered: 0,
  total_requeued: 0,
  total_deleted: 0,
  total_purged: 0,
  total_expired: 0,
  ...part,
});

test('rates are differences of running totals, a second', () => {
  const before = counts({ completed: 100, total_enqueued: 50, total_failed_attempts: 3 });
  const after = counts({ completed: 130, total_enqueued: 50, total_failed_attempts: 5 });
  expect(rateBetween(before, after, 2, 1_000)).toEqual({ at: 1_000, completed: 15, enqueued: 0, failed: 1 });
});

test('totals that fall are another store, and no rate', () => {
  expect(rateBetween(counts({ completed: 100 }), counts({ completed: 3 }), 1, 5).completed).toBe(0);
});

test('two minutes are kept, in order', () => {
  const point = (at: number) => ({ at, enqueued: 0, completed: 0, failed: 0 });
  let points = append([], point(10));
  points = append(points, point(11));
  points = append(points, point(10 + liveSeconds));
  expect(points.map((kept) => kept.at)).toEqual([11, 10 + liveSeconds]);
  expect(append(points, point(11)).map((kept) => kept.at)).toEqual([11]);
});
