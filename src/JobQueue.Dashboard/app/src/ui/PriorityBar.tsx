import { priorities, type ByPriority } from '../api/types';
import { formatCount } from '../lib/format';

/** How what waits is spread over the priorities; the numbers are in its title and for screen readers. */
export function PriorityBar({ counts, label }: { counts: ByPriority; label: string }) {
  const total = priorities.reduce((sum, priority) => sum + counts[priority], 0);
  const words = priorities.filter((priority) => counts[priority] > 0).map((priority) => `${formatCount(counts[priority])} ${priority}`);
  const text = words.length === 0 ? 'nothing waits' : words.join(', ');
  return (
    <span className="priority-bar" role="img" aria-label={`${label}: ${text}`} title={text}>
      {total > 0 &&
        priorities.map((priority) => counts[priority] > 0 && <span key={priority} data-priority={priority} style={{ flexGrow: counts[priority] }} />)}
    </span>
  );
}
