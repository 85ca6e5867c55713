import { BanIcon, FastForwardIcon, RotateCcwIcon, Trash2Icon, type LucideIcon } from 'lucide-react';
import { startBulk } from '../../actions/bulk';
import type { BulkAction } from '../../api/bulk';
import type { JobFilter } from '../../api/jobs';
import type { State } from '../../api/types';
import { plural } from '../../lib/format';
import { stateWords } from '../../ui/StateBadge';
import { actionsFor } from './filter';

const labels: Record<BulkAction, { name: string; icon: LucideIcon }> = {
  retry: { name: 'Retry', icon: RotateCcwIcon },
  run_now: { name: 'Run now', icon: FastForwardIcon },
  cancel: { name: 'Cancel', icon: BanIcon },
  delete: { name: 'Delete', icon: Trash2Icon },
};

interface Props {
  state: State | undefined;
  filter: JobFilter;
  isFiltered: boolean;
  ids: string[];
  onClear: () => void;
}

/** What can be done with the selected jobs, or with all that the list is about. */
export function BulkBar({ state, filter, isFiltered, ids, onClear }: Props) {
  const some = ids.length > 0;
  // All jobs of every state at once are no target: the API asks for a state too.
  if (!some && state === undefined) {
    return null;
  }
  const words = state === undefined ? 'jobs' : `${stateWords[state].toLowerCase()} jobs`;
  const start = async (action: BulkAction) => {
    await startBulk(
      some ? { action, target: { ids }, what: `selected ${words}` } : { action, target: { filter }, what: isFiltered ? `${words} that match the filter` : `all ${words}` },
    );
    onClear();
  };
  return (
    <div className="bulk" data-some={some || undefined} role="group" aria-label={some ? 'With the selected jobs' : 'With all jobs of this list'}>
      <span className="small">{some ? `${plural(ids.length, 'job')} selected` : isFiltered ? 'All that match:' : `All ${words}:`}</span>
      {actionsFor(state).map((action) => {
        const { name, icon: Icon } = labels[action];
        return (
          <button key={action} type="button" className={action === 'delete' ? 'btn small danger-quiet' : 'btn small'} onClick={() => void start(action)}>
            <Icon aria-hidden="true" /> {name}…
          </button>
        );
      })}
      {some && (
        <button type="button" className="btn small quiet" onClick={onClear}>
          Clear selection
        </button>
      )}
    </div>
  );
}
