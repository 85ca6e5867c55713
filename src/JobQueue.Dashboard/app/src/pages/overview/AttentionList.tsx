import { CircleCheckIcon, OctagonAlertIcon, TriangleAlertIcon } from 'lucide-react';
import { Link } from 'wouter';
import type { Attention } from '../../api/overview';

/** The page where something can be done about it. */
const places: Record<string, string> = {
  no_workers: '/workers',
  workers_lost: '/workers',
  stuck_jobs: '/workers',
  dead_letters_rising: '/dead-letters',
  queue_paused: '/queues',
  backlog_old: '/queues',
  recurring_missed: '/recurring',
  recurring_broken: '/recurring',
};

/** What a person should look at now, worst first. */
export function AttentionList({ items }: { items: Attention[] }) {
  if (items.length === 0) {
    return (
      <p className="all-well">
        <CircleCheckIcon aria-hidden="true" /> Nothing needs attention.
      </p>
    );
  }
  const ordered = [...items].sort((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'));
  return (
    <section className="attention" aria-label="Needs attention">
      <ul className="plain">
        {ordered.map((item) => {
          const Icon = item.severity === 'critical' ? OctagonAlertIcon : TriangleAlertIcon;
          return (
            <li key={`${item.kind} ${item.subject ?? ''}`} data-severity={item.severity}>
              <Icon aria-hidden="true" />
              <span className="hidden">{item.severity}: </span>
              <span>
                <bdi>{item.message}</bdi>
              </span>
              <Link href={places[item.kind] ?? '/'}>Look</Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
