import { clock } from '../../lib/preferences';
import { useStore } from '../../lib/store';
import { formatInstant, formatRelative } from '../../lib/time';
import { useNow } from '../../ui/now';

/** Coming runs in the clock of the page, and in the timetable's own zone beside it. */
export function NextRuns({ runs, zone }: { runs: string[]; zone: string | null }) {
  const shown = useStore(clock);
  const now = useNow();
  if (runs.length === 0) {
    return <p className="muted">It never comes again.</p>;
  }
  return (
    <ol className="next-runs">
      {runs.map((run) => (
        <li key={run}>
          <time dateTime={run}>{formatInstant(run, shown)}</time>
          <span className="muted">{formatRelative(run, now)}</span>
          {zone !== null && <span className="muted">{inZone(run, zone)}</span>}
        </li>
      ))}
    </ol>
  );
}

function inZone(run: string, zone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone, timeZoneName: 'short' }).format(new Date(run));
  } catch {
    // A zone that the host knows and the browser does not.
    return zone;
  }
}
