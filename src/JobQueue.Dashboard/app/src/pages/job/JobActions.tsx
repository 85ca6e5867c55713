import { BanIcon, PencilIcon, RotateCcwIcon, Trash2Icon } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { perform } from '../../actions/perform';
import { config } from '../../api/config';
import { retryJob, type JobDetails } from '../../api/job';
import { cancelJob, deleteJob } from '../../api/jobs';
import { enqueueCommand, readCommand } from '../../lib/curl';
import { ask } from '../../ui/confirm';
import { CopyButton } from '../../ui/CopyButton';
import { EditArguments } from './EditArguments';

const ended = new Set(['failed', 'completed', 'cancelled']);

export function JobActions({ job }: { job: JobDetails }) {
  const [, go] = useLocation();
  const [editing, setEditing] = useState(false);
  const isEnded = ended.has(job.state);
  const waits = job.state === 'scheduled' || job.state === 'retrying';

  const retry = async (args?: string) => {
    const retried = await perform(
      () => retryJob(job.id, args),
      (answer) => answer.message,
    );
    if (retried !== undefined) {
      setEditing(false);
      if (retried.job_id !== job.id) {
        go(`/jobs/${retried.job_id}`);
      }
    }
  };
  const cancel = async () => {
    const text = job.state === 'running' ? 'It is asked to stop; a handler that goes on completes all the same.' : 'It will not run.';
    if (await ask({ title: 'Cancel this job', text, confirm: 'Cancel 1 job', danger: true })) {
      await perform(
        () => cancelJob(job.id),
        (answer) => answer.message,
      );
    }
  };
  const remove = async () => {
    if (await ask({ title: 'Delete this job', text: 'It is gone for good, with its attempts and its log.', confirm: 'Delete 1 job', danger: true })) {
      const gone = await perform(
        () => deleteJob(job.id),
        () => 'The job is deleted.',
      );
      if (gone !== undefined) {
        go('/jobs');
      }
    }
  };
  const copy = <CopyButton wide label="Copy as curl" text={() => (config.readOnly ? readCommand(config.api, job.id) : enqueueCommand(config.api, job))} />;
  if (config.readOnly) {
    return copy;
  }
  return (
    <>
      {(isEnded || waits) && (
        <button type="button" className="btn primary" onClick={() => void retry()}>
          <RotateCcwIcon aria-hidden="true" /> {waits ? 'Run now' : job.state === 'failed' ? 'Retry' : 'Run again'}
        </button>
      )}
      {isEnded && job.args_dropped === null && (
        <button type="button" className="btn" onClick={() => setEditing(true)}>
          <PencilIcon aria-hidden="true" /> Edit and retry…
        </button>
      )}
      {!isEnded && (
        <button type="button" className="btn" onClick={() => void cancel()}>
          <BanIcon aria-hidden="true" /> Cancel…
        </button>
      )}
      {copy}
      {job.state !== 'running' && (
        <button type="button" className="btn danger-quiet" onClick={() => void remove()}>
          <Trash2Icon aria-hidden="true" /> Delete…
        </button>
      )}
      {editing && <EditArguments job={job} onRetry={retry} onClose={() => setEditing(false)} />}
    </>
  );
}
