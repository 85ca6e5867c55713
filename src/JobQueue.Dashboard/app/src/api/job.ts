import { get, segment, send } from './http';
import type { Instant, Priority, State } from './types';

export interface Attempt {
  attempt_number: number;
  started_at: Instant;
  ended_at: Instant;
  duration_ms: number;
  worker_id: string;
  error_type: string | null;
  error: string | null;
  stack_trace: string | null;
  next_retry_at: Instant | null;
}

/** Everything that is known of one job. */
export interface JobDetails {
  id: string;
  name: string;
  state: State;
  queue: string;
  priority: Priority;
  args: unknown;
  /** Bytes of arguments that are no longer kept. */
  args_dropped: number | null;
  result: unknown;
  /** Bytes of a result that was too large to be kept. */
  result_dropped: number | null;
  error: string | null;
  reason: string | null;
  created_at: Instant;
  scheduled_at: Instant | null;
  started_at: Instant | null;
  finished_at: Instant | null;
  next_retry_at: Instant | null;
  retry_count: number;
  max_retries: number | null;
  timeout_seconds: number | null;
  expires_after_seconds: number | null;
  deadline: Instant | null;
  round: number;
  snoozes: number;
  user_id: string | null;
  tags: string[];
  headers: Record<string, string> | null;
  trace_id: string | null;
  copied_from: string | null;
  recurring_job: string | null;
  occurrence: Instant | null;
  worker_id: string | null;
  fingerprint: string | null;
  progress: { fraction: number; message: string | null; at: Instant } | null;
  attempts: Attempt[];
}

export interface LogLine {
  at: Instant;
  text: string;
}

export interface Retried {
  job_id: string;
  action: 'requeued' | 'run_now' | 'copied';
  message: string;
}

export const readJob = (id: string, signal?: AbortSignal) => get<JobDetails>(`/jobs/${segment(id)}/details`, {}, signal);

export const readLog = async (id: string, signal?: AbortSignal) => (await get<{ lines: LogLine[] }>(`/jobs/${segment(id)}/log`, {}, signal)).lines;

/** @param args JSON text of new arguments, sent as it was typed so that no number changes on its way. */
export const retryJob = async (id: string, args?: string) =>
  (await send<Retried>('POST', `/jobs/${segment(id)}/retry`, {}, args === undefined ? undefined : `{"args":${args}}`)).body;
