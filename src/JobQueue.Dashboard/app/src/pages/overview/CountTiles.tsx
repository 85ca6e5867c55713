import { Link } from 'wouter';
import { states, type Counts } from '../../api/types';
import { formatCount } from '../../lib/format';
import { useStore } from '../../lib/store';
import { counts } from '../../live/stores';
import { stateWords } from '../../ui/StateBadge';

const notes: Partial<Record<(typeof states)[number], string>> = { completed: 'in all', cancelled: 'in all' };

/** How many jobs are in each state, as they change. */
export function CountTiles({ fallback }: { fallback: Counts }) {
  const current = useStore(counts) ?? fallback;
  return (
    <ul className="tiles">
      {states.map((state) => (
        <li key={state}>
          <Link href={state === 'failed' ? '/dead-letters' : `/jobs?state=${state}`} className="tile" data-state={state} data-zero={current[state] === 0 || undefined}>
            <span className="tile-name">
              <span className="dot" aria-hidden="true" />
              {stateWords[state]}
              {notes[state] !== undefined && <span className="muted"> {notes[state]}</span>}
            </span>
            <strong data-testid={`count-${state}`}>{formatCount(current[state])}</strong>
          </Link>
        </li>
      ))}
    </ul>
  );
}
