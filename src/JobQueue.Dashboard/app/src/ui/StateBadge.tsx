import type { State } from '../api/types';

export const stateWords: Record<State, string> = {
  pending: 'Waiting',
  scheduled: 'Scheduled',
  running: 'Running',
  retrying: 'Retrying',
  failed: 'Dead',
  completed: 'Completed',
  cancelled: 'Cancelled',
};

/** A state by word and colour; the word alone says it. */
export function StateBadge({ state }: { state: State }) {
  return (
    <span className="badge" data-state={state}>
      <span className="dot" aria-hidden="true" />
      {stateWords[state]}
    </span>
  );
}
