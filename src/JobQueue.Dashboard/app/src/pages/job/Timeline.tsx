import { useState } from 'react';
import type { Attempt, JobDetails } from '../../api/job';
import { formatMs } from '../../lib/format';
import { cut } from '../../lib/json';
import { Card } from '../../ui/Page';
import { LongText } from '../../ui/Text';
import { Time } from '../../ui/Time';
import { stateWords } from '../../ui/StateBadge';

/** Attempts that are shown at first: the newest, for the cause is there. */
const shownAtOnce = 20;

/** The life of a job, oldest first: when it came, each attempt with what went wrong, and how it stands. */
export function Timeline({ job }: { job: JobDetails }) {
  const { attempts } = job;
  const [all, setAll] = useState(false);
  const shown = all ? attempts : attempts.slice(-shownAtOnce);
  const longest = Math.max(1, ...attempts.map((attempt) => attempt.duration_ms));
  return (
    <Card title="Timeline">
      <ol className="timeline">
        <Entry tone="pending" title="Enqueued" at={job.created_at} />
        {job.scheduled_at !== null && <Entry tone="scheduled" title="Due" at={job.scheduled_at} />}
        {shown.length < attempts.length && (
          <li className="entry">
            <button type="button" className="btn small" onClick={() => setAll(true)}>
              Show {attempts.length - shown.length} earlier attempts
            </button>
          </li>
        )}
        {shown.map((attempt, index) => (
          <AttemptEntry
            key={`${attempt.attempt_number} ${attempt.started_at}`}
            attempt={attempt}
            longest={longest}
            isLast={index === shown.length - 1}
            jobId={job.id}
            newRound={index > 0 && attempt.attempt_number <= (shown[index - 1]?.attempt_number ?? 0)}
          />
        ))}
        {job.state === 'running' && job.started_at !== null && <Entry tone="running" title="Runs since" at={job.started_at} />}
        {job.next_retry_at !== null && <Entry tone="retrying" title="Next attempt" at={job.next_retry_at} />}
        {job.finished_at !== null && <Entry tone={job.state} title={stateWords[job.state]} at={job.finished_at} />}
      </ol>
    </Card>
  );
}

function Entry({ tone, title, at }: { tone: string; title: string; at: string }) {
  return (
    <li className="entry" data-state={tone}>
      <span className="dot" aria-hidden="true" />
      <strong>{title}</strong> <Time at={at} as="both" />
    </li>
  );
}

interface Props {
  attempt: Attempt;
  longest: number;
  isLast: boolean;
  newRound: boolean;
  jobId: string;
}

function AttemptEntry({ attempt, longest, isLast, newRound, jobId }: Props) {
  const [open, setOpen] = useState(isLast);
  const failed = attempt.error !== null || attempt.error_type !== null;
  const width = `${Math.max(1, (100 * attempt.duration_ms) / longest)}%`;
  return (
    <li className="entry" data-state={failed ? 'failed' : 'completed'}>
      {newRound && <p className="small muted">Requeued by a person, with all its attempts anew</p>}
      <span className="dot" aria-hidden="true" />
      <strong>Attempt {attempt.attempt_number}</strong> <Time at={attempt.started_at} as="both" />
      <span className="attempt-bar" aria-hidden="true">
        <span style={{ width }} />
      </span>
      <p className="small muted">
        took {formatMs(attempt.duration_ms)} on <bdi>{attempt.worker_id}</bdi>
        {attempt.next_retry_at !== null && (
          <>
            , next at <Time at={attempt.next_retry_at} as="instant" />
          </>
        )}
      </p>
      {failed && (
        <p className="attempt-error">
          {attempt.error_type !== null && (
            <code>
              <bdi>{cut(attempt.error_type, 200)}</bdi>
            </code>
          )}{' '}
          <bdi>{cut(attempt.error ?? '', 600)}</bdi>
        </p>
      )}
      {attempt.stack_trace !== null && attempt.stack_trace !== '' && (
        <>
          <button type="button" className="btn small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide stack trace' : 'Stack trace'}
          </button>
          {open && <LongText text={attempt.stack_trace} fileName={`${jobId}-attempt-${attempt.attempt_number}.txt`} />}
        </>
      )}
    </li>
  );
}
