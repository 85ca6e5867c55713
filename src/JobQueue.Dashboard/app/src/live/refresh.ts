import { queryClient } from './queryClient';

export interface JobChange {
  state: string;
  is_progress: boolean;
  count: number;
  job_ids: string[];
}

/** However fast jobs change, what is shown is read at most this often. */
const gapMs = 800;

const lists = ['overview', 'jobs', 'queues', 'workers', 'dead-letters', 'recurring', 'handlers'] as const;

let timer: ReturnType<typeof setTimeout> | undefined;
let lastRun = 0;
const waiting = { lists: false, workers: false, everyJob: false, jobs: new Set<string>() };

export function refreshAll(): void {
  void queryClient.invalidateQueries();
}

/** Reads again what changes of jobs may have touched, soon, and together with the changes that come until then. */
export function refreshJobs(changes: readonly JobChange[]): void {
  for (const change of changes) {
    waiting.workers = true;
    waiting.lists ||= !change.is_progress;
    waiting.everyJob ||= change.count > change.job_ids.length;
    change.job_ids.forEach((id) => waiting.jobs.add(id));
  }
  schedule();
}

function schedule(): void {
  timer ??= setTimeout(run, Math.max(50, lastRun + gapMs - Date.now()));
}

function run(): void {
  timer = undefined;
  lastRun = Date.now();
  const { lists: readLists, workers, everyJob } = waiting;
  const jobs = new Set(waiting.jobs);
  const touched = ({ queryKey: [area, id] }: { queryKey: readonly unknown[] }): boolean =>
    area === 'job' ? everyJob || (typeof id === 'string' && jobs.has(id)) : area === 'workers' ? workers : readLists && lists.some((list) => list === area);

  // An answer that is still under way may be older than the change. It is waited for rather than asked for again and again, and then asked for once more.
  if (queryClient.isFetching({ predicate: touched }) > 0) {
    schedule();
  } else {
    Object.assign(waiting, { lists: false, workers: false, everyJob: false });
    waiting.jobs.clear();
  }
  void queryClient.invalidateQueries({ predicate: touched }, { cancelRefetch: false });
}
