import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { JobDetails } from '../../api/job';
import { formatSeconds, shortId } from '../../lib/format';
import { cut } from '../../lib/json';
import { CopyButton } from '../../ui/CopyButton';
import { Card } from '../../ui/Page';
import { Time } from '../../ui/Time';

/** Everything about a job that is one word or one time; what is not set is left out. */
export function Facts({ job }: { job: JobDetails }) {
  const { tags } = job;
  const headers = Object.entries(job.headers ?? {});
  return (
    <Card title="Facts">
      <dl className="facts">
        <Fact name="Queue">
          <Link href={`/jobs?queue=${encodeURIComponent(job.queue)}`}>
            <bdi>{job.queue}</bdi>
          </Link>
        </Fact>
        <Fact name="Priority">{job.priority}</Fact>
        <Fact name="Retries">
          {job.retry_count} of {job.max_retries ?? 'the default'}
        </Fact>
        {job.round > 1 && <Fact name="Round">{job.round} (requeued by a person)</Fact>}
        {job.snoozes > 0 && <Fact name="Snoozed">{job.snoozes} times</Fact>}
        <Fact name="Timeout">{formatSeconds(job.timeout_seconds)}</Fact>
        {job.expires_after_seconds !== null && <Fact name="Expires after">{formatSeconds(job.expires_after_seconds)}</Fact>}
        {job.deadline !== null && (
          <Fact name="Deadline">
            <Time at={job.deadline} as="both" />
          </Fact>
        )}
        <Fact name="Enqueued">
          <Time at={job.created_at} as="both" />
        </Fact>
        {job.scheduled_at !== null && (
          <Fact name="Scheduled for">
            <Time at={job.scheduled_at} as="both" />
          </Fact>
        )}
        {job.next_retry_at !== null && (
          <Fact name="Next attempt">
            <Time at={job.next_retry_at} as="both" />
          </Fact>
        )}
        {job.worker_id !== null && (
          <Fact name="Worker">
            <Link href="/workers">
              <bdi>{job.worker_id}</bdi>
            </Link>
          </Fact>
        )}
        {job.recurring_job !== null && (
          <Fact name="Recurring job">
            <Link href={`/recurring?name=${encodeURIComponent(job.recurring_job)}`}>
              <bdi>{job.recurring_job}</bdi>
            </Link>
            {job.occurrence !== null && (
              <span className="muted">
                {' '}
                for <Time at={job.occurrence} as="instant" />
              </span>
            )}
          </Fact>
        )}
        {job.copied_from !== null && (
          <Fact name="Copy of">
            <Link href={`/jobs/${job.copied_from}`} className="mono">
              {shortId(job.copied_from)}
            </Link>
          </Fact>
        )}
        {job.fingerprint !== null && (
          <Fact name="Same error">
            <Link href={`/dead-letters?group=${encodeURIComponent(job.fingerprint)}`}>its group of dead letters</Link>
          </Fact>
        )}
        {job.user_id !== null && (
          <Fact name="User">
            <bdi>{cut(job.user_id, 200)}</bdi>
          </Fact>
        )}
        {job.trace_id !== null && (
          <Fact name="Trace">
            <code className="wrap">{job.trace_id}</code> <CopyButton text={() => job.trace_id ?? ''} label="Copy trace id" />
          </Fact>
        )}
        {tags.length > 0 && (
          <Fact name="Tags">
            {tags.map((tag) => (
              <Link key={tag} href={`/jobs?tag=${encodeURIComponent(tag)}`} className="tag">
                <bdi>{cut(tag, 60)}</bdi>
              </Link>
            ))}
          </Fact>
        )}
        {headers.map(([name, value]) => (
          <Fact key={name} name={cut(name, 60)}>
            <bdi className="wrap">{cut(value, 300)}</bdi>
          </Fact>
        ))}
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>
        <bdi>{name}</bdi>
      </dt>
      <dd>{children}</dd>
    </>
  );
}
