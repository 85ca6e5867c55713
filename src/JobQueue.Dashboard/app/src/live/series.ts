import type { Counts } from '../api/types';

export interface LivePoint {
  /** Seconds since the epoch. */
  at: number;
  enqueued: number;
  completed: number;
  failed: number;
}

export const liveSeconds = 120;

/** Rates a second between two readings of the running totals. A total that has fallen (another store, say) gives none. */
export function rateBetween(before: Counts, after: Counts, seconds: number, at: number): LivePoint {
  const rate = (from: number, to: number) => Math.max(0, to - from) / Math.max(seconds, 0.001);
  return {
    at,
    enqueued: rate(before.total_enqueued, after.total_enqueued),
    completed: rate(before.completed, after.completed),
    failed: rate(before.total_failed_attempts, after.total_failed_attempts),
  };
}

/** The points of the last two minutes and the new one. */
export function append(points: readonly LivePoint[], point: LivePoint): LivePoint[] {
  return [...points.filter((old) => old.at > point.at - liveSeconds && old.at < point.at), point];
}
