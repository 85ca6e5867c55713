import { LayersIcon } from 'lucide-react';
import { Link } from 'wouter';
import type { Overview } from '../../api/overview';
import type { Queue } from '../../api/queues';
import { priorities } from '../../api/types';
import { formatCount, formatRate } from '../../lib/format';
import { Empty } from '../../ui/Empty';
import { Card } from '../../ui/Page';
import { PriorityBar } from '../../ui/PriorityBar';
import { Time } from '../../ui/Time';

/** What waits: by priority, and in which queues. */
export function Backlog({ backlog, queues }: { backlog: Overview['backlog']; queues: Queue[] }) {
  const most = Math.max(1, ...priorities.map((priority) => backlog[priority]));
  return (
    <div className="columns narrow-left">
      <Card title="Waiting by priority">
        <ul className="bars">
          {priorities.map((priority) => (
            <li key={priority}>
              <span>{priority}</span>
              <span className="bar" aria-hidden="true">
                <span data-priority={priority} style={{ width: `${(100 * backlog[priority]) / most}%` }} />
              </span>
              <strong>{formatCount(backlog[priority])}</strong>
            </li>
          ))}
        </ul>
        {backlog.suspects > 0 && <p className="small">{formatCount(backlog.suspects)} suspects wait to run alone: their process has died under them before.</p>}
      </Card>
      <Card title="Waiting by queue" aside={<Link href="/queues">All queues</Link>} flush>
        {queues.length === 0 ? (
          <Empty icon={LayersIcon} title="No queue has jobs">
            A queue is there once a job has been enqueued into it.
          </Empty>
        ) : (
          <div className="table-wrap">
            <table aria-label="Queues with the most waiting jobs">
              <thead>
                <tr>
                  <th scope="col">Queue</th>
                  <th scope="col" data-number>
                    Waiting
                  </th>
                  <th scope="col" data-drop="2">
                    Priorities
                  </th>
                  <th scope="col" data-number>
                    Taken / min
                  </th>
                  <th scope="col" data-drop="1">
                    Oldest
                  </th>
                </tr>
              </thead>
              <tbody>
                {queues.map((queue) => (
                  <tr key={queue.name}>
                    <td>
                      <Link href={`/jobs?state=pending&queue=${encodeURIComponent(queue.name)}`}>
                        <bdi>{queue.name}</bdi>
                      </Link>
                      {queue.paused && <span className="tag warn">paused</span>}
                    </td>
                    <td data-number>{formatCount(queue.waiting)}</td>
                    <td data-drop="2">
                      <PriorityBar counts={queue.waiting_by_priority} label={queue.name} />
                    </td>
                    <td data-number>{formatRate(queue.rate_per_minute)}</td>
                    <td data-drop="1">
                      <Time at={queue.waiting_since} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
    </div>
  );
}
