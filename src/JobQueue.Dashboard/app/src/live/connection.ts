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

/** Also from the overview, which is how they come while there is no live link. */
export function receiveCounts(next: Counts): void {
  if (following.get()) {
    counts.set(next);
  }
}

let lastSample: { at: number; counts: Counts } | null = null;

/** One point of the live chart a second. Without a live link new totals come every few seconds: then a point covers as many. */
function sample(): void {
  const current = counts.get();
  if (current === null || !following.get()) {
    lastSample = null;
    return;
  }
  const at = Date.now() / 1_000;
  if (lastSample !== null && (link.get() === 'live' || lastSample.counts !== current)) {
    livePoints.set(append(livePoints.get(), rateBetween(lastSample.counts, current, at - lastSample.at, at)));
    lastSample = { at, counts: current };
  }
  lastSample ??= { at, counts: current };
}

export function startLive(): void {
  connect();
  setInterval(sample, 1_000);
  following.subscribe(() => {
    if (following.get()) {
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
