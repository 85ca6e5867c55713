import { post } from './http';
import type { JobFilter } from './jobs';

export type BulkAction = 'retry' | 'delete' | 'cancel' | 'run_now';

/** Exactly one of the three says which jobs. */
export type BulkTarget = { ids: string[] } | { filter: JobFilter } | { all: true };

export interface BulkAnswer {
  matched: number;
  done: number;
  failed: number;
  errors: { job_id: string; message: string }[] | null;
  cursor: string | null;
}

/** One step of a long operation: repeat it with the cursor of its answer until that is null. */
export const bulkStep = (action: BulkAction, target: BulkTarget, dryRun: boolean, cursor: string | null) =>
  post<BulkAnswer>('/bulk', { action, ...target, dry_run: dryRun, ...(cursor === null ? {} : { cursor }) });
