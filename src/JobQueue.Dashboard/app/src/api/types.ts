/** Words and shapes that several areas of the API share. */
export const states = ['pending', 'scheduled', 'running', 'retrying', 'failed', 'completed', 'cancelled'] as const;
export type State = (typeof states)[number];

export const priorities = ['critical', 'high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];
export type ByPriority = Record<Priority, number>;

export interface Counts {
  pending: number;
  scheduled: number;
  running: number;
  retrying: number;
  failed: number;
  completed: number;
  cancelled: number;
  live_workers: number;
  retained_completed: number;
  retained_cancelled: number;
  total_enqueued: number;
  total_failed_attempts: number;
  total_retried: number;
  total_dead: number;
  total_recovered: number;
  total_requeued: number;
  total_deleted: number;
  total_purged: number;
  total_expired: number;
}

/** ISO 8601 in UTC. */
export type Instant = string;
