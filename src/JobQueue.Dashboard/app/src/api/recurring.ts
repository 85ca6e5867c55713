import { get, post, remove, segment, send } from './http';
import type { Instant, State } from './types';

export type ScheduleType = 'cron' | 'interval' | 'once';

export interface RecurringTask {
  name: string;
  job_name: string;
  schedule_type: ScheduleType;
  interval_seconds: number | null;
  cron_expression: string | null;
  run_at: Instant | null;
  time_zone: string | null;
  priority: string | null;
  queue: string | null;
  args: unknown;
  enabled: boolean;
  misfire: 'fire_once' | 'skip' | 'catch_up';
  overlap: 'allow' | 'skip_if_running';
  owner: string | null;
  last_run_at: Instant | null;
  last_job_id: string | null;
  next_run_at: Instant | null;
  run_count: number;
  /** The timetable in words; null when it can't be read. */
  description: string | null;
  /** Why it does not fire; null when it does. */
  problem: string | null;
  /** The next few. */
  next_runs: Instant[];
  /** What has become of the last job; null when there is none, or it is not kept any more. */
  last_state: State | null;
  last_error: string | null;
}

/** The members of a timetable, as the editor and the preview send them. */
export interface Timetable {
  cron_expression?: string;
  interval_seconds?: number;
  run_at?: Instant;
  time_zone?: string;
}

export interface SchedulePreview {
  schedule_type: ScheduleType;
  description: string;
  time_zone: string | null;
  next_runs: Instant[];
}

export const readRecurring = async (signal?: AbortSignal) => (await get<{ jobs: RecurringTask[] }>('/recurring', {}, signal)).jobs;

export const previewSchedule = async (timetable: Timetable, signal?: AbortSignal) =>
  (await send<SchedulePreview>('POST', '/schedules/preview', {}, JSON.stringify(timetable), signal)).body;

/** @param body JSON text, so that the numbers of its arguments are sent as they were typed. */
export const registerRecurring = async (body: string) => (await send<{ task: RecurringTask }>('POST', '/jobs/scheduled/register', {}, body)).body;

export const removeRecurring = (name: string) => remove<{ message: string }>(`/jobs/scheduled/${segment(name)}`);

export const switchRecurring = (name: string, on: boolean) => post<{ task: RecurringTask }>(`/jobs/scheduled/${segment(name)}/${on ? 'enable' : 'disable'}`);

export const runRecurring = (name: string) => post<{ job_id: string }>(`/jobs/scheduled/${segment(name)}/run`);
