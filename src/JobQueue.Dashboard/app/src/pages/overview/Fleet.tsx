import { Link } from 'wouter';
import type { Overview } from '../../api/overview';
import { formatCount, shortId } from '../../lib/format';
import { Card } from '../../ui/Page';
import { Progress } from '../../ui/Progress';
import { Time } from '../../ui/Time';

/** How many workers there are, how busy they are, and how long the oldest job has waited. */
export function Fleet({ workers, oldest }: { workers: Overview['workers']; oldest: Overview['oldest'] }) {
  const used = workers.concurrency === 0 ? 0 : workers.running / workers.concurrency;
  return (
    <Card title="Workers" aside={<Link href="/workers">All workers</Link>}>
      <dl className="facts">
        <dt>Live</dt>
        <dd>{workers.live === 0 ? <strong className="bad">none</strong> : formatCount(workers.live)}</dd>
        <dt>Lost within the hour</dt>
        <dd className={workers.lost > 0 ? 'bad' : undefined}>{formatCount(workers.lost)}</dd>
        <dt>Stuck slots</dt>
        <dd className={workers.stuck > 0 ? 'bad' : undefined}>{formatCount(workers.stuck)}</dd>
        <dt>Slots in use</dt>
        <dd>
          {formatCount(workers.running)} of {formatCount(workers.concurrency)}
        </dd>
      </dl>
      <Progress fraction={used} label="Slots in use" />
      <h3>Oldest waiting job</h3>
      {oldest === null ? (
        <p className="muted">No job waits.</p>
      ) : (
        <p>
          <Link href={`/jobs/${oldest.job_id}`} className="mono">
            {shortId(oldest.job_id)}
          </Link>{' '}
          in <bdi>{oldest.queue}</bdi>, came <Time at={oldest.waiting_since} />
        </p>
      )}
    </Card>
  );
}
