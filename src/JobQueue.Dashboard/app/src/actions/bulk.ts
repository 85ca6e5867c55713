import { bulkStep, type BulkAction, type BulkAnswer, type BulkTarget } from '../api/bulk';
import { refreshAll } from '../live/refresh';
import { Store } from '../lib/store';

/** What a person has asked for, with the number it was asked with where that is known. */
export interface BulkRequest {
  action: BulkAction;
  target: BulkTarget;
  /** What the jobs are, in words: "dead jobs of send_invoice". */
  what: string;
  count?: number;
}

export type BulkPhase = 'counting' | 'asking' | 'running' | 'done';

export interface BulkRun extends BulkRequest {
  phase: BulkPhase;
  matched: number;
  handled: number;
  done: number;
  failed: number;
  errors: { job_id: string; message: string }[];
  problem: string | null;
}

export const bulkRun = new Store<BulkRun | null>(null);

const idsAStep = 500;
const shownErrors = 20;

/** The one operation that may go on; another one that is begun or a dialog that is closed ends it after its step. */
let current = 0;

export async function startBulk(request: BulkRequest): Promise<void> {
  const run = ++current;
  const known = 'ids' in request.target ? request.target.ids.length : request.count;
  bulkRun.set({ ...request, phase: known === undefined ? 'counting' : 'asking', matched: known ?? 0, handled: 0, done: 0, failed: 0, errors: [], problem: null });
  if (known === undefined) {
    await steps(run, request, true, (answer, state) => ({ matched: state.matched + answer.matched }));
    change(run, () => ({ phase: 'asking' }));
  }
}

export async function confirmBulk(): Promise<void> {
  const run = current;
  const request = bulkRun.get();
  if (request === null) {
    return;
  }
  change(run, () => ({ phase: 'running' }));
  await steps(run, request, false, (answer, state) => ({
    handled: state.handled + answer.matched,
    done: state.done + answer.done,
    failed: state.failed + answer.failed,
    errors: [...state.errors, ...(answer.errors ?? [])].slice(0, shownErrors),
  }));
  change(run, () => ({ phase: 'done' }));
  refreshAll();
}

export function closeBulk(): void {
  current++;
  bulkRun.set(null);
  refreshAll();
}

function change(run: number, by: (state: BulkRun) => Partial<BulkRun>): void {
  const state = bulkRun.get();
  if (run === current && state !== null) {
    bulkRun.set({ ...state, ...by(state) });
  }
}

async function steps(run: number, request: BulkRequest, dryRun: boolean, add: (answer: BulkAnswer, state: BulkRun) => Partial<BulkRun>): Promise<void> {
  try {
    for (const target of targetsOf(request.target)) {
      let cursor: string | null = null;
      do {
        const answer: BulkAnswer = await bulkStep(request.action, target, dryRun, cursor);
        change(run, (state) => add(answer, state));
        ({ cursor } = answer);
      } while (cursor !== null && run === current);
    }
  } catch (error) {
    change(run, () => ({ problem: error instanceof Error ? error.message : String(error) }));
  }
}

/** Ids go in portions of what one request may hold. */
export function targetsOf(target: BulkTarget): BulkTarget[] {
  if (!('ids' in target)) {
    return [target];
  }
  const portions: BulkTarget[] = [];
  for (let start = 0; start < target.ids.length; start += idsAStep) {
    portions.push({ ids: target.ids.slice(start, start + idsAStep) });
  }
  return portions;
}
