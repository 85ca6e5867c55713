import type { State } from '../../api/types';

const texts: Record<State, { title: string; text: string }> = {
  pending: { title: 'No job waits', text: 'A job waits here from when it is due until a worker takes it. Enqueue one with IJobQueue.EnqueueAsync, or POST it to the API.' },
  scheduled: { title: 'No job is scheduled', text: 'Jobs with a Delay or a ScheduledAt are here until their time comes, and jobs that have snoozed.' },
  running: { title: 'No job runs', text: 'Jobs are here while a worker runs them. When jobs wait and none runs, look at the workers and for paused queues.' },
  retrying: { title: 'No job waits for a retry', text: 'A job whose attempt has failed is here until its next attempt is due.' },
  failed: { title: 'No job is dead', text: 'Jobs come here that have used up their retries, that are not to be retried, or that came too late.' },
  completed: { title: 'No completed job is kept', text: 'Jobs that have ended well are here for as long as the retention keeps them: 24 hours, unless the host says otherwise.' },
  cancelled: { title: 'No cancelled job is kept', text: 'Jobs that somebody has cancelled are here for as long as the retention keeps them.' },
};

export function emptyText(state: State | undefined): { title: string; text: string } {
  return state === undefined
    ? { title: 'No job has been enqueued yet', text: 'Enqueue one with IJobQueue.EnqueueAsync in the host, or POST it to the API: it appears here at once.' }
    : texts[state];
}
