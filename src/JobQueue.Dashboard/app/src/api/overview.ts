import { get } from './http';
import type { Queue } from './queues';
import type { ByPriority, Counts, Instant } from './types';

export interface Attention {
  kind: string;
  severity: 'critical' | 'warning';
  message: string;
  count: number;
  subject: string | null;
}

export interface Overview {
  at: Instant;
  counts: Counts;
  backlog: ByPriority & { suspects: number; total: number };
  queues: Queue[];
  oldest: { job_id: string; queue: string; waiting_since: Instant; waiting_seconds: number } | null;
  workers: { live: number; lost: number; concurrency: number; running: number; stuck: number };
  attention: Attention[];
}

export interface HistoryPoint {
  at: Instant;
  enqueued: number;
  completed: number;
  failed: number;
  retried: number;
  dead: number;
  cancelled: number;
  wait_p50_ms: number | null;
  wait_p95_ms: number | null;
  run_p50_ms: number | null;
  run_p95_ms: number | null;
  run_p99_ms: number | null;
}

export const readOverview = (signal?: AbortSignal) => get<Overview>('/overview', {}, signal);

export const readHistory = async (minutes: number, signal?: AbortSignal) =>
  (await get<{ points: HistoryPoint[] }>('/stats/history', { minutes }, signal)).points;
