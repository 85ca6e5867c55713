import type { BulkAction } from '../api/bulk';
import { formatCount, plural } from '../lib/format';
import { useStore } from '../lib/store';
import { Dialog } from '../ui/Dialog';
import { Progress } from '../ui/Progress';
import { bulkRun, closeBulk, confirmBulk, type BulkRun } from './bulk';

const verbs: Record<BulkAction, { verb: string; past: string; consequence: string }> = {
  retry: { verb: 'Retry', past: 'retried', consequence: 'Dead ones wait again with all their attempts, retrying ones run at once, finished ones run again as copies.' },
  delete: { verb: 'Delete', past: 'deleted', consequence: 'They are gone for good, with their attempts and logs.' },
  cancel: { verb: 'Cancel', past: 'cancelled', consequence: 'What waits never starts; what runs is asked to stop.' },
  run_now: { verb: 'Run now', past: 'made due', consequence: 'They wait for a worker at once.' },
};

/** A long operation from its question to its end: it counts, asks with the number, and shows how far it has come. */
export function BulkDialog() {
  const run = useStore(bulkRun);
  if (run === null) {
    return null;
  }
  const { verb } = verbs[run.action];
  return (
    <Dialog title={`${verb} ${run.what}`} onClose={closeBulk}>
      <Body run={run} />
    </Dialog>
  );
}

function Body({ run }: { run: BulkRun }) {
  const { verb, past, consequence } = verbs[run.action];
  const danger = run.action === 'delete' || run.action === 'cancel';
  return (
    <>
      {run.phase === 'counting' && <Progress fraction={null} label="Counting" text={`${formatCount(run.matched)} found so far`} />}
      {run.phase === 'asking' && run.problem === null && (
        <p>
          {run.matched === 0 ? (
            'There are none now.'
          ) : (
            <>
              This touches <strong>{plural(run.matched, 'job')}</strong>. {consequence}
            </>
          )}
        </p>
      )}
      {run.phase === 'running' && (
        <Progress fraction={run.matched === 0 ? null : run.handled / run.matched} label={verb} text={`${formatCount(run.handled)} of ${formatCount(run.matched)}`} />
      )}
      {run.phase === 'done' && (
        <p role="status">
          {plural(run.done, 'job')} {past}
          {run.failed > 0 ? `, ${formatCount(run.failed)} could not be.` : '.'}
        </p>
      )}
      {run.problem !== null && (
        <p className="field-error" role="alert">
          <bdi>{run.problem}</bdi>
        </p>
      )}
      {run.errors.length > 0 && (
        <ul className="plain small">
          {run.errors.map((error) => (
            <li key={error.job_id}>
              <code>{error.job_id}</code> <bdi>{error.message}</bdi>
            </li>
          ))}
        </ul>
      )}
      <footer>
        <button type="button" className="btn" onClick={closeBulk}>
          {run.phase === 'done' ? 'Close' : run.phase === 'running' ? 'Stop' : 'Keep as they are'}
        </button>
        {run.phase === 'asking' && run.matched > 0 && run.problem === null && (
          <button type="button" className={danger ? 'btn danger' : 'btn primary'} onClick={() => void confirmBulk()}>
            {verb} {plural(run.matched, 'job')}
          </button>
        )}
      </footer>
    </>
  );
}
