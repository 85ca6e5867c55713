import { FilterXIcon } from 'lucide-react';
import { useState } from 'react';
import { readHandlers } from '../../api/handlers';
import { readQueues } from '../../api/queues';
import { clock } from '../../lib/preferences';
import { useStore } from '../../lib/store';
import { readInput, writeInput } from '../../lib/time';
import { useLiveQuery } from '../../live/useLiveQuery';
import { isFiltered, type JobsQuery } from './filter';

interface Props {
  query: JobsQuery;
  onChange: (part: Partial<JobsQuery>) => void;
}

/** The lists of names change rarely. */
const namesEveryMs = 30_000;

export function FilterBar({ query, onChange }: Props) {
  const shownClock = useStore(clock);
  const handlers = useLiveQuery(['names', 'handlers'], (signal) => readHandlers(48, signal), { everyMs: namesEveryMs });
  const queues = useLiveQuery(['names', 'queues'], readQueues, { everyMs: namesEveryMs });
  return (
    <div className="filters" role="search" aria-label="Filter">
      <TextFilter label="Handler" value={query.handler} names={handlers.data?.map((handler) => handler.name) ?? []} onChange={(handler) => onChange({ handler })} />
      <TextFilter label="Queue" value={query.queue} names={queues.data?.map((queue) => queue.name) ?? []} onChange={(queue) => onChange({ queue })} />
      <TextFilter label="Tag" value={query.tag} names={[]} onChange={(tag) => onChange({ tag })} />
      <label className="field">
        Enqueued after
        <input type="datetime-local" value={writeInput(query.after, shownClock)} onChange={(event) => onChange({ after: readInput(event.target.value, shownClock) })} />
      </label>
      <label className="field">
        before
        <input type="datetime-local" value={writeInput(query.before, shownClock)} onChange={(event) => onChange({ before: readInput(event.target.value, shownClock) })} />
      </label>
      {isFiltered(query) && (
        <button type="button" className="btn" onClick={() => onChange({ handler: '', queue: '', tag: '', after: undefined, before: undefined })}>
          <FilterXIcon aria-hidden="true" /> Clear
        </button>
      )}
    </div>
  );
}

/** Takes effect on Enter, on leaving it, and when a name of the list is chosen: not with each letter. */
function TextFilter({ label, value, names, onChange }: { label: string; value: string; names: string[]; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    setText(value);
  }
  const apply = (next: string) => {
    if (next.trim() !== value) {
      onChange(next.trim());
    }
  };
  const listId = `names-${label.toLowerCase()}`;
  return (
    <label className="field">
      {label}
      <input
        value={text}
        list={listId}
        autoComplete="off"
        spellCheck={false}
        placeholder="any"
        onChange={(event) => {
          setText(event.target.value);
          if (names.includes(event.target.value)) {
            apply(event.target.value);
          }
        }}
        onBlur={() => apply(text)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            apply(text);
          }
        }}
      />
      <datalist id={listId}>
        {names.slice(0, 200).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  );
}
