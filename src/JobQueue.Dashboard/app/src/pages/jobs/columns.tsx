import type { ColumnDef } from '@tanstack/react-table';
import { Link } from 'wouter';
import type { JobRow } from '../../api/jobs';
import type { State } from '../../api/types';
import { formatMs, shortId } from '../../lib/format';
import { cut } from '../../lib/json';
import { StateBadge } from '../../ui/StateBadge';
import { Time } from '../../ui/Time';

type Column = ColumnDef<JobRow>;

const shownTags = 3;
const shownError = 160;

const job: Column = {
  id: 'job',
  header: 'Job',
  cell: ({ row: { original } }) => (
    <div className="job-cell">
      <Link href={`/jobs/${original.job_id}`} className="strong">
        <bdi>{original.job_type}</bdi>
      </Link>
      <span className="mono muted">{shortId(original.job_id)}</span>
      {original.error_message !== null && (
        <span className="job-error" title={cut(original.error_message, 1_000)}>
          <bdi>{cut(original.error_message, shownError)}</bdi>
        </span>
      )}
    </div>
  ),
};

const state: Column = { id: 'state', header: 'State', cell: ({ row }) => <StateBadge state={row.original.state} /> };

const queue: Column = {
  id: 'queue',
  header: 'Queue',
  meta: { drop: 2 },
  cell: ({ row: { original } }) => (
    <span className="nowrap">
      <bdi>{original.queue}</bdi>
      {original.priority !== 'medium' && original.priority !== 'normal' && (
        <span className="tag" data-priority={original.priority}>
          {original.priority}
        </span>
      )}
    </span>
  ),
};

const tags: Column = {
  id: 'tags',
  header: 'Tags',
  meta: { drop: 3 },
  cell: ({ row: { original } }) => {
    const all = original.tags;
    return (
      <span className="nowrap">
        {all.slice(0, shownTags).map((tag) => (
          <span key={tag} className="tag">
            <bdi>{cut(tag, 40)}</bdi>
          </span>
        ))}
        {all.length > shownTags && <span className="muted small">+{all.length - shownTags}</span>}
      </span>
    );
  },
};

const attempts: Column = {
  id: 'attempts',
  header: 'Retries',
  meta: { isNumber: true, drop: 1 },
  cell: ({ row: { original } }) => (
    <span className={original.retry_count > 0 ? undefined : 'muted'}>
      {original.retry_count}
      {original.max_retries !== null && ` / ${original.max_retries}`}
    </span>
  ),
};

const time = (id: string, header: string, read: (row: JobRow) => string | null, drop?: 1 | 2 | 3): Column => ({
  id,
  header,
  ...(drop === undefined ? {} : { meta: { drop } }),
  cell: ({ row }) => <Time at={read(row.original)} />,
});

const enqueued = time('enqueued', 'Enqueued', (row) => row.created_at);

const took: Column = {
  id: 'took',
  header: 'Took',
  meta: { isNumber: true, drop: 1 },
  cell: ({ row: { original } }) => (original.started_at === null || original.completed_at === null ? <span className="muted">–</span> : formatMs(Date.parse(original.completed_at) - Date.parse(original.started_at))),
};

/** What matters of a job depends on its state. Made once, so that the table can tell that nothing has changed. */
const columns: Record<State | 'all', Column[]> = {
  all: [job, state, queue, tags, attempts, enqueued],
  pending: [job, queue, tags, attempts, enqueued],
  scheduled: [job, queue, tags, time('due', 'Due', (row) => row.scheduled_for), { ...enqueued, meta: { drop: 1 } }],
  running: [job, queue, tags, attempts, time('started', 'Started', (row) => row.started_at)],
  retrying: [job, queue, tags, attempts, time('due', 'Next attempt', (row) => row.scheduled_for)],
  failed: [job, queue, tags, attempts, time('ended', 'Died', (row) => row.completed_at)],
  completed: [job, queue, tags, took, time('ended', 'Completed', (row) => row.completed_at)],
  cancelled: [job, queue, tags, attempts, time('ended', 'Cancelled', (row) => row.completed_at)],
};

export const columnsFor = (shown: State | undefined): Column[] => columns[shown ?? 'all'];
