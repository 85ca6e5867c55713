import { segment, send } from './http';
import type { Instant, State } from './types';

/** A job as lists write it. */
export interface JobRow {
  job_id: string;
  job_type: string;
  priority: string;
  state: State;
  queue: string;
  tags: string[];
  payload: unknown;
  max_retries: number | null;
  retry_count: number;
  created_at: Instant;
  started_at: Instant | null;
  completed_at: Instant | null;
  scheduled_for: Instant | null;
  worker_id: string | null;
  error_message: string | null;
}

/** What narrows a list, and a bulk action; members that are not set are left out. */
export interface JobFilter {
  status?: State | undefined;
  job_type?: string | undefined;
  queue?: string | undefined;
  tag?: string | undefined;
  priority?: string | undefined;
  created_after?: Instant | undefined;
  created_before?: Instant | undefined;
  fingerprint?: string | undefined;
}

export interface JobPage {
  jobs: JobRow[];
  nextCursor: string | null;
  /** The filter has read as many records as one request may: there can be more behind the cursor. */
  incomplete: boolean;
}

export async function readJobs(filter: JobFilter, limit: number, cursor: string | undefined, signal?: AbortSignal): Promise<JobPage> {
  const { body, headers } = await send<JobRow[]>('GET', '/jobs', { ...filter, limit, cursor }, undefined, signal);
  return { jobs: body, nextCursor: headers.get('X-Next-Cursor'), incomplete: headers.get('X-Scan-Incomplete') === 'true' };
}

export const cancelJob = async (id: string) => (await send<{ message: string }>('POST', `/jobs/${segment(id)}/cancel`)).body;

export const deleteJob = async (id: string) => (await send<{ message: string }>('DELETE', `/jobs/${segment(id)}`)).body;
