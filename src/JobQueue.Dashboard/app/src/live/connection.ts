import { address } from '../api/http';
import type { Counts } from '../api/types';
import { following } from '../lib/preferences';
import { refreshAll, refreshJobs, type JobChange } from './refresh';
import { append, rateBetween } from './series';
import { counts, link, livePoints } from './stores';

const firstRetryMs = 1_000;
const longestRetryMs = 15_000;

let source: EventSource | null = null;
let retryMs = firstRetryMs;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let opened = false;

/**
 * Listens to the host's events. An EventSource connects anew by itself after a break, but gives up for good when it is refused (too many listeners, Redis
 * away, not signed in): then it is made anew, after longer and longer waits. Until it is back the queries poll.
 */
export function connect(): void {
  clearTimeout(retryTimer);
  source?.close();
  source = new EventSource(address('/events'));
  source.addEventListener('open', () => {
    retryMs = firstRetryMs;
    link.set('live');
    if (opened) {
      // What happened in between was not heard.
      refreshAll();
    }
    opened = true;
  });
  source.addEventListener('error', () => {
    if (link.get() === 'live') {
      // Whether the host is gone, or only the link to it, the next reading tells: at once, and not with the next poll.
      refreshAll();
    }
    link.set('polling');
    if (source?.readyState === EventSource.CLOSED) {
      retryTimer = setTimeout(connect, retryMs);
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    }
  });
  source.addEventListener('counts', (event: MessageEvent<string>) => receiveCounts(JSON.parse(event.data) as Counts));
  source.addEventListener('jobs', (event: MessageEvent<string>) => {
    if (following.get()) {
      refreshJobs((JSON.parse(event.data) as { changes: JobChange[] }).changes);
    }
  });
  source.addEventListener('reset', () => refreshAll());
}

/** What came while the page stood still, for when it goes on. */
let latest: Counts | null = null;

/** From the overview: that is how they come while there is no live link. Beside one they would only be older. */
export function receivePolledCounts(next: Counts): void {
  if (link.get() !== 'live' || latest === null) {
    receiveCounts(next);
  }
}

function receiveCounts(next: Counts): void {
  latest = next;
  if (following.get()) {
    counts.set(next);
    sample(next);
  }
}

/** Longer than between two events of a busy queue: then nothing has changed. */
const quietSeconds = 1.5;

let lastSample: { at: number; counts: Counts } | null = null;

/** A point of the live chart for each reading of the totals, over the time since the one before: whenever they come, the rate is right. */
function sample(current: Counts): void {
  const at = Date.now() / 1_000;
  if (lastSample === null) {
    lastSample = { at, counts: current };
  } else if (lastSample.counts !== current && at - lastSample.at >= 0.5) {
    livePoints.set(append(livePoints.get(), rateBetween(lastSample.counts, current, at - lastSample.at, at)));
    lastSample = { at, counts: current };
  }
}

/** While nothing changes no event comes, and the chart goes on at zero. */
function sampleQuiet(): void {
  const current = counts.get();
  const at = Date.now() / 1_000;
  if (!following.get()) {
    lastSample = null;
  } else if (current !== null && lastSample !== null && link.get() === 'live' && at - lastSample.at >= quietSeconds) {
    livePoints.set(append(livePoints.get(), rateBetween(lastSample.counts, current, at - lastSample.at, at)));
    lastSample = { at, counts: current };
  }
}

export function startLive(): void {
  connect();
  setInterval(sampleQuiet, 1_000);
  following.subscribe(() => {
    if (following.get()) {
      counts.set(latest);
      refreshAll();
    }
  });
  // A hidden page hears nothing and costs nothing.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      clearTimeout(retryTimer);
      source?.close();
      lastSample = null;
    } else {
      connect();
    }
  });
}
