import { Link } from 'wouter';
import type { RecurringTask } from '../../api/recurring';
import { cut } from '../../lib/json';
import { StateBadge } from '../../ui/StateBadge';
import { Time } from '../../ui/Time';

const shownError = 120;

/** What a timetable says in words, and as it is written. */
export function Words({ task }: { task: RecurringTask }) {
  return (
    <div className="job-cell">
      <span>
        <bdi>{task.description ?? 'a timetable that can’t be read'}</bdi>
      </span>
      <span className="small muted">
        {task.cron_expression !== null && <code>{task.cron_expression}</code>} {task.time_zone !== null && <bdi>{task.time_zone}</bdi>}
      </span>
      {task.problem !== null && (
        <span className="job-error">
          <bdi>{cut(task.problem, shownError)}</bdi>
        </span>
      )}
    </div>
  );
}

export function LastResult({ task }: { task: RecurringTask }) {
  if (task.last_job_id === null) {
    return <span className="muted">not yet</span>;
  }
  return (
    <div className="job-cell">
      <Link href={`/jobs/${task.last_job_id}`} className="last-result">
        <Time at={task.last_run_at} />
        {task.last_state !== null && <StateBadge state={task.last_state} />}
      </Link>
      {task.last_error !== null && (
        <span className="job-error">
          <bdi>{cut(task.last_error, shownError)}</bdi>
        </span>
      )}
    </div>
  );
}
