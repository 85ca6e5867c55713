import type { ColumnDef } from '@tanstack/react-table';
import { LayersIcon, PauseIcon, PlayIcon, Trash2Icon } from 'lucide-react';
import { useMemo } from 'react';
import { Link } from 'wouter';
import { perform } from '../../actions/perform';
import { config } from '../../api/config';
import { pauseQueue, purgeQueue, readQueues, resumeQueue, type Queue } from '../../api/queues';
import { formatCount, formatRate, plural } from '../../lib/format';
import { useLiveQuery } from '../../live/useLiveQuery';
import { ask } from '../../ui/confirm';
import { DataTable } from '../../ui/DataTable';
import { Empty } from '../../ui/Empty';
import { Loaded } from '../../ui/Loading';
import { Card, Page } from '../../ui/Page';
import { PriorityBar } from '../../ui/PriorityBar';
import { Time } from '../../ui/Time';

export function QueuesPage() {
  const query = useLiveQuery(['queues'], readQueues, { everyMs: 5_000 });
  const columns = useMemo(() => columnsOf(), []);
  return (
    <Page title="Queues" lead={<p className="lead">Where jobs wait for a worker. A paused queue keeps its jobs; what runs goes on.</p>}>
      <Card flush>
        <Loaded query={query}>
          {(queues) =>
            queues.length === 0 ? (
              <Empty icon={LayersIcon} title="No queues yet">
                A queue is there once a job has been enqueued into it: set <code>EnqueueOptions.Queue</code>, or a handler&apos;s <code>Queue</code>; else it is <code>default</code>.
              </Empty>
            ) : (
              <DataTable label="Queues" columns={columns} rows={queues} rowId={(queue) => queue.name} sort={[{ id: 'waiting', desc: true }]} />
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}

function columnsOf(): ColumnDef<Queue>[] {
  return [
    {
      id: 'name',
      header: 'Queue',
      accessorFn: (queue) => queue.name,
      cell: ({ row: { original } }) => (
        <>
          <Link href={`/jobs?state=pending&queue=${encodeURIComponent(original.name)}`}>
            <bdi>{original.name}</bdi>
          </Link>
          {original.paused && <span className="tag warn">paused</span>}
          {original.suspects > 0 && <span className="tag warn">{plural(original.suspects, 'suspect')}</span>}
        </>
      ),
    },
    { id: 'waiting', header: 'Waiting', meta: { isNumber: true }, accessorFn: (queue) => queue.waiting, cell: ({ row }) => formatCount(row.original.waiting) },
    {
      id: 'priorities',
      header: 'By priority',
      enableSorting: false,
      meta: { drop: 1 },
      cell: ({ row: { original } }) => <PriorityBar counts={original.waiting_by_priority} label={original.name} />,
    },
    { id: 'rate', header: 'Taken / min', meta: { isNumber: true }, accessorFn: (queue) => queue.rate_per_minute, cell: ({ row }) => formatRate(row.original.rate_per_minute) },
    {
      id: 'oldest',
      header: 'Oldest waits',
      meta: { drop: 2 },
      accessorFn: (queue) => queue.waiting_since ?? '9999',
      cell: ({ row: { original } }) =>
        original.oldest_job_id === null ? (
          <span className="muted">–</span>
        ) : (
          <Link href={`/jobs/${original.oldest_job_id}`}>
            <Time at={original.waiting_since} />
          </Link>
        ),
    },
    ...(config.readOnly ? [] : [{ id: 'actions', header: '', enableSorting: false, cell: ({ row }: { row: { original: Queue } }) => <Actions queue={row.original} /> }]),
  ];
}

function Actions({ queue }: { queue: Queue }) {
  const toggle = () =>
    perform(
      () => (queue.paused ? resumeQueue(queue.name) : pauseQueue(queue.name)),
      () => (queue.paused ? `Queue ${queue.name} goes on.` : `Queue ${queue.name} is paused.`),
    );
  const purge = async () => {
    const sure = await ask({
      title: `Purge queue ${queue.name}`,
      text: `This deletes the ${plural(queue.waiting, 'job')} that wait in it, for good. What runs, is scheduled or retries stays.`,
      confirm: `Delete ${plural(queue.waiting, 'job')}`,
      danger: true,
      typed: queue.name,
    });
    if (sure) {
      await perform(
        () => purgeQueue(queue.name),
        (answer) => `${plural(answer.deleted_count, 'job')} deleted.`,
      );
    }
  };
  return (
    <span className="row-actions">
      <button type="button" className="btn small" onClick={toggle}>
        {queue.paused ? <PlayIcon aria-hidden="true" /> : <PauseIcon aria-hidden="true" />}
        {queue.paused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" className="btn small danger-quiet" onClick={purge} disabled={queue.waiting === 0} aria-label={`Purge ${queue.name}`} title="Delete what waits">
        <Trash2Icon aria-hidden="true" />
      </button>
    </span>
  );
}
