import { get } from './http';
import type { Instant, Priority } from './types';

export interface Handler {
  name: string;
  is_live: boolean;
  queue: string | null;
  priority: Priority | null;
  max_retries: number | null;
  timeout_seconds: number | null;
  calls: number;
  completed: number;
  failed: number;
  retried: number;
  dead: number;
  cancelled: number;
  /** Percent; null when there was no call. */
  failure_rate: number | null;
  run_p50_ms: number | null;
  run_p95_ms: number | null;
  run_p99_ms: number | null;
  last_seen_at: Instant | null;
}

export const readHandlers = async (hours: number, signal?: AbortSignal) =>
  (await get<{ handlers: Handler[] }>('/handlers/stats', { hours }, signal)).handlers;
