import { get } from './http';
import type { Instant } from './types';

export interface CurrentJob {
  job_id: string;
  name: string | null;
  started_at: Instant | null;
  running_seconds: number | null;
  progress: number | null;
  is_stuck: boolean;
}

export interface Worker {
  worker_id: string;
  status: 'idle' | 'processing' | 'lost';
  pool: string | null;
  host: string | null;
  process_id: number | null;
  queues: string[];
  concurrency: number | null;
  running: number;
  stuck_slots: number;
  started_at: Instant | null;
  uptime_seconds: number | null;
  last_heartbeat_at: Instant | null;
  lease_until: Instant | null;
  lost_at: Instant | null;
  jobs_succeeded: number;
  jobs_failed: number;
  current_jobs: CurrentJob[];
}

export const readWorkers = async (signal?: AbortSignal) => (await get<{ workers: Worker[] }>('/workers', {}, signal)).workers;
