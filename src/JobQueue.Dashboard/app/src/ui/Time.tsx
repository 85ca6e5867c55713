import { clock } from '../lib/preferences';
import { useStore } from '../lib/store';
import { formatInstant, formatRelative } from '../lib/time';
import { useNow } from './now';

interface Props {
  at: string | null | undefined;
  /** Shows the distance from now, with the instant as its title, or both. */
  as?: 'relative' | 'instant' | 'both';
}

export function Time({ at, as = 'relative' }: Props) {
  const chosen = useStore(clock);
  const now = useNow();
  if (at === null || at === undefined) {
    return <span className="muted">–</span>;
  }
  const instant = formatInstant(at, chosen);
  const relative = formatRelative(at, now);
  const zone = chosen === 'utc' ? 'UTC' : 'local time';
  return (
    <time dateTime={at} title={as === 'relative' ? `${instant} ${zone}` : relative}>
      {as === 'relative' ? relative : instant}
      {as === 'both' && <span className="muted"> · {relative}</span>}
    </time>
  );
}
