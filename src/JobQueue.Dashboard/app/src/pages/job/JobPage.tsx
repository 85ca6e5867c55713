import { FileQuestionIcon } from 'lucide-react';
import { Link } from 'wouter';
import { ApiError } from '../../api/http';
import { readJob, type JobDetails } from '../../api/job';
import { formatBytes } from '../../lib/format';
import { cut } from '../../lib/json';
import { useLiveQuery } from '../../live/useLiveQuery';
import { Empty } from '../../ui/Empty';
import { JsonView } from '../../ui/JsonView';
import { Loaded } from '../../ui/Loading';
import { Card, Page } from '../../ui/Page';
import { Progress } from '../../ui/Progress';
import { StateBadge } from '../../ui/StateBadge';
import { LongText } from '../../ui/Text';
import { Facts } from './Facts';
import { JobActions } from './JobActions';
import { JobLog } from './JobLog';
import { Timeline } from './Timeline';

export function JobPage({ id }: { id: string }) {
  const query = useLiveQuery(['job', id], (signal) => readJob(id, signal));
  if (query.error instanceof ApiError && query.error.status === 404) {
    return (
      <Page title="Job">
        <Empty icon={FileQuestionIcon} title="This job is not kept">
          No job has the id <code>{id}</code>. It was deleted, its retention has run out, or the id belongs to another store. <Link href="/jobs">All jobs</Link>
        </Empty>
      </Page>
    );
  }
  return (
    <Loaded query={query} rows={8}>
      {(job) => <Shown job={job} />}
    </Loaded>
  );
}

function Shown({ job }: { job: JobDetails }) {
  return (
    <Page
      title={job.name}
      lead={
        <span className="job-lead">
          <StateBadge state={job.state} />
          <code className="job-id">{job.id}</code>
        </span>
      }
      actions={<JobActions job={job} />}
    >
      {job.progress !== null && <JobProgress job={job} />}
      {job.error !== null && job.state !== 'completed' && (
        <Card title={job.state === 'failed' ? 'Why it is dead' : 'Last error'}>
          {job.reason !== null && job.reason !== job.error && (
            <p>
              <bdi>{job.reason}</bdi>
            </p>
          )}
          <LongText text={job.error} most={1_500} fileName={`${job.id}-error.txt`} />
        </Card>
      )}
      {job.error === null && job.reason !== null && (
        <Card title="Reason">
          <bdi>{job.reason}</bdi>
        </Card>
      )}
      <div className="columns wide-left">
        <div className="stack">
          <Card title="Arguments">
            {job.args_dropped !== null ? <p className="muted">They were {formatBytes(job.args_dropped)}: more than is kept of a job that has ended.</p> : <JsonView value={job.args} name="arguments" />}
          </Card>
          {(job.state === 'completed' || job.result !== null) && (
            <Card title="Result">
              {job.result_dropped !== null ? (
                <p className="muted">It was {formatBytes(job.result_dropped)}: more than MaxResultBytes, and so is not kept.</p>
              ) : job.result === null ? (
                <p className="muted">The handler returned nothing.</p>
              ) : (
                <JsonView value={job.result} name="result" />
              )}
            </Card>
          )}
          <Timeline job={job} />
          <JobLog id={job.id} isRunning={job.state === 'running'} />
        </div>
        <Facts job={job} />
      </div>
    </Page>
  );
}

function JobProgress({ job }: { job: JobDetails }) {
  return (
    <div className="job-progress" data-state={job.state}>
      <Progress fraction={job.progress?.fraction ?? null} label="Progress" />
      {job.progress?.message !== null && job.progress?.message !== undefined && (
        <p className="small muted">
          <bdi>{cut(job.progress.message, 300)}</bdi>
        </p>
      )}
    </div>
  );
}
