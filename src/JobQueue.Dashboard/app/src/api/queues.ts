import { get, post, remove, segment } from './http';
import type { ByPriority, Instant } from './types';

export interface Queue {
  name: string;
  paused: boolean;
  waiting: number;
  waiting_by_priority: ByPriority;
  suspects: number;
  /** Jobs that workers have taken in the last minute. */
  rate_per_minute: number;
  oldest_job_id: string | null;
  waiting_since: Instant | null;
}

export const readQueues = async (signal?: AbortSignal) => (await get<{ queues: Queue[] }>('/queues', {}, signal)).queues;

export const pauseQueue = (name: string) => post<{ paused: boolean }>(`/queues/${segment(name)}/pause`);

export const resumeQueue = (name: string) => post<{ paused: boolean }>(`/queues/${segment(name)}/resume`);

export const purgeQueue = (name: string) => remove<{ deleted_count: number }>(`/queues/${segment(name)}/jobs`, { confirm: name });
