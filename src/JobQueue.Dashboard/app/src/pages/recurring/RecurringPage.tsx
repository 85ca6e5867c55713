import type { ColumnDef } from '@tanstack/react-table';
import { CalendarClockIcon, ChevronDownIcon, ChevronRightIcon, PlusIcon } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { config } from '../../api/config';
import { readRecurring, type RecurringTask } from '../../api/recurring';
import { formatCount } from '../../lib/format';
import { useLiveQuery } from '../../live/useLiveQuery';
import { DataTable } from '../../ui/DataTable';
import { Empty } from '../../ui/Empty';
import { Loaded } from '../../ui/Loading';
import { Card, Page } from '../../ui/Page';
import { Time } from '../../ui/Time';
import { Editor } from './Editor';
import { EnabledSwitch, TaskActions } from './TaskActions';
import { TaskDetails } from './TaskDetails';
import { LastResult, Words } from './TaskFacts';

type Edited = { task: RecurringTask | null } | null;

export function RecurringPage() {
  const query = useLiveQuery(['recurring'], readRecurring, { everyMs: 5_000 });
  const open = new URLSearchParams(useSearch()).get('name');
  const [, go] = useLocation();
  const [edited, setEdited] = useState<Edited>(null);
  const columns = useMemo(() => columnsOf(open, go, (task) => setEdited({ task })), [open, go]);
  return (
    <Page
      title="Recurring"
      lead={<p className="lead">Timetables that enqueue a job each time one is due: exactly one, whatever the number of processes.</p>}
      actions={
        config.readOnly ? undefined : (
          <button type="button" className="btn primary" onClick={() => setEdited({ task: null })}>
            <PlusIcon aria-hidden="true" /> New recurring job…
          </button>
        )
      }
    >
      <Card flush>
        <Loaded query={query}>
          {(tasks) =>
            tasks.length === 0 ? (
              <Empty icon={CalendarClockIcon} title="No recurring jobs">
                Declare them in code with <code>[Cron]</code>, <code>[Every]</code>, <code>[DailyAt]</code> or <code>AddRecurringJob()</code>, or add one here.
              </Empty>
            ) : (
              <DataTable
                label="Recurring jobs"
                columns={columns}
                rows={tasks}
                rowId={(task) => task.name}
                sort={[{ id: 'next', desc: false }]}
                details={(task) => (task.name === open ? <TaskDetails task={task} /> : null)}
              />
            )
          }
        </Loaded>
      </Card>
      {edited !== null && <Editor task={edited.task} onClose={() => setEdited(null)} />}
    </Page>
  );
}

function columnsOf(open: string | null, go: (to: string) => void, edit: (task: RecurringTask) => void): ColumnDef<RecurringTask>[] {
  const columns: ColumnDef<RecurringTask>[] = [
    {
      id: 'name',
      header: 'Name',
      accessorFn: (task) => task.name,
      cell: ({ row: { original: task } }) => {
        const isOpen = task.name === open;
        const Chevron = isOpen ? ChevronDownIcon : ChevronRightIcon;
        return (
          <div className="job-cell">
            <button type="button" className="unfold" aria-expanded={isOpen} onClick={() => go(isOpen ? '/recurring' : `/recurring?name=${encodeURIComponent(task.name)}`)}>
              <Chevron aria-hidden="true" />
              <bdi>{task.name}</bdi>
            </button>
            <Link href={`/jobs?handler=${encodeURIComponent(task.job_name)}`} className="small muted">
              <bdi>{task.job_name}</bdi>
            </Link>
          </div>
        );
      },
    },
    { id: 'timetable', header: 'Timetable', enableSorting: false, cell: ({ row }) => <Words task={row.original} /> },
    {
      id: 'next',
      header: 'Next run',
      accessorFn: (task) => (task.enabled ? (task.next_run_at ?? '9998') : '9999'),
      cell: ({ row: { original: task } }) => (task.enabled ? <Time at={task.next_run_at} /> : <span className="muted">off</span>),
    },
    {
      id: 'last',
      header: 'Last run',
      meta: { drop: 1 },
      accessorFn: (task) => task.last_run_at ?? '',
      cell: ({ row }) => <LastResult task={row.original} />,
    },
    { id: 'runs', header: 'Runs', meta: { isNumber: true, drop: 3 }, accessorFn: (task) => task.run_count, cell: ({ row }) => formatCount(row.original.run_count) },
    { id: 'enabled', header: 'On', enableSorting: false, cell: ({ row }) => <EnabledSwitch task={row.original} /> },
  ];
  if (!config.readOnly) {
    columns.push({ id: 'actions', header: '', enableSorting: false, cell: ({ row }) => <TaskActions task={row.original} onEdit={() => edit(row.original)} /> });
  }
  return columns;
}
