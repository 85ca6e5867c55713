import type { ColumnDef } from '@tanstack/react-table';
import { BoxesIcon } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { readHandlers, type Handler } from '../../api/handlers';
import { formatCount, formatMs, formatPercent, formatSeconds } from '../../lib/format';
import { useLiveQuery } from '../../live/useLiveQuery';
import { DataTable } from '../../ui/DataTable';
import { Empty } from '../../ui/Empty';
import { Loaded } from '../../ui/Loading';
import { Card, Page } from '../../ui/Page';
import { Segments } from '../../ui/Segments';

const spans = [
  { value: '1', label: '1 h' },
  { value: '6', label: '6 h' },
  { value: '24', label: '24 h' },
  { value: '48', label: '48 h' },
] as const;

export function HandlersPage() {
  const [hours, setHours] = useState<(typeof spans)[number]['value']>('24');
  const query = useLiveQuery(['handlers', hours], (signal) => readHandlers(Number(hours), signal), { everyMs: 10_000 });
  const columns = useMemo(() => columnsOf(), []);
  return (
    <Page
      title="Handlers"
      lead={<p className="lead">What jobs do, how often, how well and how fast. Percentiles are within a factor of 1.42.</p>}
      actions={<Segments label="Span" options={spans} value={hours} onChange={setHours} />}
    >
      <Card flush>
        <Loaded query={query}>
          {(handlers) =>
            handlers.length === 0 ? (
              <Empty icon={BoxesIcon} title="No handlers yet">
                A handler is here once a worker that has it has started: mark a method with <code>[JobHandler]</code> or call <code>AddJobHandler()</code>.
              </Empty>
            ) : (
              <DataTable label="Handlers" columns={columns} rows={handlers} rowId={(handler) => handler.name} sort={[{ id: 'calls', desc: true }]} />
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}

/** Above this a handler deserves a look. */
const highRate = 5;

function columnsOf(): ColumnDef<Handler>[] {
  return [
    {
      id: 'name',
      header: 'Handler',
      accessorFn: (handler) => handler.name,
      cell: ({ row: { original } }) => (
        <>
          <Link href={`/jobs?handler=${encodeURIComponent(original.name)}`}>
            <bdi>{original.name}</bdi>
          </Link>
          {!original.is_live && (
            <span className="tag warn" title="No live worker has it">
              not live
            </span>
          )}
        </>
      ),
    },
    { id: 'calls', header: 'Calls', meta: { isNumber: true }, accessorFn: (handler) => handler.calls, cell: ({ row }) => formatCount(row.original.calls) },
    {
      id: 'failure_rate',
      header: 'Failed',
      meta: { isNumber: true },
      accessorFn: (handler) => handler.failure_rate ?? -1,
      cell: ({ row: { original } }) => <span className={(original.failure_rate ?? 0) >= highRate ? 'bad' : undefined}>{formatPercent(original.failure_rate)}</span>,
    },
    {
      id: 'dead',
      header: 'Dead',
      meta: { isNumber: true, drop: 1 },
      accessorFn: (handler) => handler.dead,
      cell: ({ row: { original } }) =>
        original.dead === 0 ? <span className="muted">0</span> : <Link href={`/jobs?state=failed&handler=${encodeURIComponent(original.name)}`}>{formatCount(original.dead)}</Link>,
    },
    percentile('p50', (handler) => handler.run_p50_ms),
    percentile('p95', (handler) => handler.run_p95_ms),
    percentile('p99', (handler) => handler.run_p99_ms),
    {
      id: 'defaults',
      header: 'Defaults',
      enableSorting: false,
      meta: { drop: 3 },
      cell: ({ row: { original } }) => <span className="muted">{defaultsOf(original)}</span>,
    },
  ];
}

function percentile(id: 'p50' | 'p95' | 'p99', read: (handler: Handler) => number | null): ColumnDef<Handler> {
  return {
    id,
    header: id,
    meta: { isNumber: true, ...(id === 'p95' ? {} : { drop: 2 as const }) },
    accessorFn: (handler) => read(handler) ?? -1,
    cell: ({ row }) => formatMs(read(row.original)),
  };
}

function defaultsOf(handler: Handler): string {
  return [
    handler.queue === null ? null : `queue ${handler.queue}`,
    handler.priority,
    handler.max_retries === null ? null : handler.max_retries === 1 ? '1 retry' : handler.max_retries === 0 ? 'no retries' : `${handler.max_retries} retries`,
    handler.timeout_seconds === null ? null : `timeout ${formatSeconds(handler.timeout_seconds)}`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

