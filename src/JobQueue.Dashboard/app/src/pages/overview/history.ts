import type { HistoryPoint } from '../../api/overview';

const isEmpty = (point: HistoryPoint): boolean => point.enqueued + point.completed + point.failed + point.cancelled === 0;

/** The last minute is still under way, and would look like a fall. It is shown only where there is nothing else yet. */
export function finishedMinutes(points: HistoryPoint[]): HistoryPoint[] {
  const finished = points.slice(0, -1);
  return finished.every(isEmpty) ? points : finished;
}
