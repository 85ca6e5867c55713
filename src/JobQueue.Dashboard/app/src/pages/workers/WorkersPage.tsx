import { CpuIcon } from 'lucide-react';
import { Link } from 'wouter';
import { readWorkers, type Worker } from '../../api/workers';
import { formatCount, formatPercent, formatSeconds, shortId } from '../../lib/format';
import { useLiveQuery } from '../../live/useLiveQuery';
import { useNow } from '../../ui/now';
import { Empty } from '../../ui/Empty';
import { Loaded } from '../../ui/Loading';
import { Page } from '../../ui/Page';
import { Progress } from '../../ui/Progress';
import { Time } from '../../ui/Time';

export function WorkersPage() {
  const query = useLiveQuery(['workers'], readWorkers, { everyMs: 5_000 });
  return (
    <Page title="Workers" lead={<p className="lead">The processes that run jobs. One that is lost has not renewed its lease; its jobs wait again for others.</p>}>
      <Loaded query={query}>
        {(workers) =>
          workers.length === 0 ? (
            <Empty icon={CpuIcon} title="No worker is live">
              Jobs wait until one is. A host that calls <code>AddJobQueue()</code> with <code>RunWorkers</code> on is a worker while it runs.
            </Empty>
          ) : (
            <ul className="plain worker-list">
              {[...workers].sort(byStatus).map((worker) => (
                <WorkerCard key={worker.worker_id} worker={worker} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}

const order = { processing: 0, idle: 1, lost: 2 };
const byStatus = (a: Worker, b: Worker) => order[a.status] - order[b.status] || a.worker_id.localeCompare(b.worker_id);

function WorkerCard({ worker }: { worker: Worker }) {
  const slots = worker.concurrency ?? 0;
  const runs = worker.jobs_succeeded + worker.jobs_failed;
  return (
    <li className="card worker" data-status={worker.status}>
      <header>
        <h2>
          <bdi>{worker.worker_id}</bdi>
        </h2>
        <span className="badge" data-state={worker.status === 'lost' ? 'failed' : worker.status === 'idle' ? 'cancelled' : 'running'}>
          <span className="dot" aria-hidden="true" />
          {worker.status}
        </span>
      </header>
      <dl className="facts inline">
        <dt>Host</dt>
        <dd>
          <bdi>{worker.host ?? 'unknown'}</bdi>
          {worker.process_id !== null && `, process ${worker.process_id}`}
        </dd>
        {worker.pool !== null && (
          <>
            <dt>Pool</dt>
            <dd>
              <bdi>{worker.pool}</bdi>
            </dd>
          </>
        )}
        <dt>Queues</dt>
        <dd>{worker.queues.length === 0 ? 'all' : <bdi>{worker.queues.join(', ')}</bdi>}</dd>
        {worker.status === 'lost' ? (
          <>
            <dt>Lost</dt>
            <dd className="bad">
              <Time at={worker.lost_at ?? worker.lease_until} />
            </dd>
          </>
        ) : (
          <>
            <dt>Up</dt>
            <dd>{formatSeconds(worker.uptime_seconds)}</dd>
          </>
        )}
        <dt>Heartbeat</dt>
        <dd>
          <Time at={worker.last_heartbeat_at} />
        </dd>
        <dt>Jobs run</dt>
        <dd>
          {formatCount(runs)}
          {runs > 0 && <span className="muted"> · {formatPercent((100 * worker.jobs_failed) / runs)} failed</span>}
        </dd>
        {worker.stuck_slots > 0 && (
          <>
            <dt>Stuck slots</dt>
            <dd className="bad">{worker.stuck_slots}</dd>
          </>
        )}
      </dl>
      <Progress fraction={slots === 0 ? 0 : worker.running / slots} label="Slots in use" text={`${worker.running} of ${slots} slots`} />
      {worker.current_jobs.length > 0 && <CurrentJobs worker={worker} />}
    </li>
  );
}

const shownJobs = 25;

function CurrentJobs({ worker }: { worker: Worker }) {
  const now = useNow();
  return (
    <div className="table-wrap">
      <table aria-label={`Jobs of ${worker.worker_id}`}>
        <thead>
          <tr>
            <th scope="col">Runs now</th>
            <th scope="col" data-number>
              For
            </th>
            <th scope="col">Progress</th>
          </tr>
        </thead>
        <tbody>
          {worker.current_jobs.slice(0, shownJobs).map((job) => (
            <tr key={job.job_id} data-row={job.job_id}>
              <td>
                <Link href={`/jobs/${job.job_id}`}>
                  <bdi>{job.name ?? 'a job'}</bdi>
                </Link>{' '}
                <span className="mono muted">{shortId(job.job_id)}</span>
                {job.is_stuck && <span className="tag bad">stuck</span>}
              </td>
              <td data-number>{formatSeconds(job.started_at === null ? job.running_seconds : Math.max(job.running_seconds ?? 0, (now - Date.parse(job.started_at)) / 1_000))}</td>
              <td>{job.progress === null ? <span className="muted">–</span> : <Progress fraction={job.progress} label={`Progress of ${job.job_id}`} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {worker.current_jobs.length > shownJobs && <p className="small muted pad">and {worker.current_jobs.length - shownJobs} more</p>}
    </div>
  );
}
