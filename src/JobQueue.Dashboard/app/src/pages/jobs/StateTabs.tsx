import { states, type Counts, type State } from '../../api/types';
import { formatShort } from '../../lib/format';
import { useStore } from '../../lib/store';
import { counts } from '../../live/stores';
import { stateWords } from '../../ui/StateBadge';

/** Ended jobs are counted as far as they are kept: that is what the list can show. */
function kept(counted: Counts, state: State): number {
  return state === 'completed' ? counted.retained_completed : state === 'cancelled' ? counted.retained_cancelled : counted[state];
}

export function StateTabs({ current, onChange }: { current: State | undefined; onChange: (state: State | undefined) => void }) {
  const counted = useStore(counts);
  return (
    <div className="tabs" role="group" aria-label="State">
      <button type="button" aria-pressed={current === undefined} onClick={() => onChange(undefined)}>
        Newest
      </button>
      {states.map((state) => (
        <button key={state} type="button" aria-pressed={current === state} onClick={() => onChange(state)}>
          {stateWords[state]}
          {counted !== null && <span className="tab-count">{formatShort(kept(counted, state))}</span>}
        </button>
      ))}
    </div>
  );
}
