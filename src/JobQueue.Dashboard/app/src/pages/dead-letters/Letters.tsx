import { RotateCcwIcon, Trash2Icon } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { perform } from '../../actions/perform';
import { config } from '../../api/config';
import { readDeadLetters, type DeadLetter } from '../../api/deadLetters';
import { retryJob } from '../../api/job';
import { deleteJob } from '../../api/jobs';
import { shortId } from '../../lib/format';
import { cut, formatJson } from '../../lib/json';
import { useLiveQuery } from '../../live/useLiveQuery';
import { ask } from '../../ui/confirm';
import { Loaded } from '../../ui/Loading';
import { Time } from '../../ui/Time';

const pageSize = 20;
const shownArguments = 120;

/** The jobs of one group, page by page. */
export function Letters({ fingerprint }: { fingerprint: string }) {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const query = useLiveQuery(['dead-letters', 'of', fingerprint, cursor], (signal) => readDeadLetters(fingerprint, pageSize, cursor, signal));
  return (
    <Loaded query={query} rows={3}>
      {({ letters, nextCursor }) => (
        <>
          <div className="table-wrap">
            <table aria-label="Dead jobs of this group">
              <thead>
                <tr>
                  <th scope="col">Job</th>
                  <th scope="col" data-drop="1">
                    Arguments
                  </th>
                  <th scope="col" data-number data-drop="2">
                    Attempts
                  </th>
                  <th scope="col">Died</th>
                  {!config.readOnly && <th scope="col" aria-label="Actions" />}
                </tr>
              </thead>
              <tbody>
                {letters.map((letter) => (
                  <Letter key={letter.job_id} letter={letter} />
                ))}
              </tbody>
            </table>
          </div>
          {(cursors.length > 0 || nextCursor !== null) && (
            <nav className="pager" aria-label="Pages of the group">
              <button type="button" className="btn small" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
                Back
              </button>
              <button type="button" className="btn small" disabled={nextCursor === null} onClick={() => setCursors(nextCursor === null ? cursors : [...cursors, nextCursor])}>
                Next
              </button>
            </nav>
          )}
        </>
      )}
    </Loaded>
  );
}

function Letter({ letter }: { letter: DeadLetter }) {
  const id = letter.job_id;
  const retry = () =>
    perform(
      () => retryJob(id),
      (answer) => answer.message,
    );
  const remove = async () => {
    if (await ask({ title: 'Delete this job', text: 'It is gone for good, with its attempts and its log.', confirm: 'Delete 1 job', danger: true })) {
      await perform(
        () => deleteJob(id),
        () => 'The job is deleted.',
      );
    }
  };
  return (
    <tr data-row={id}>
      <td>
        <Link href={`/jobs/${id}`} className="mono">
          {shortId(id)}
        </Link>
      </td>
      <td data-drop="1">
        <code className="one-line">
          <bdi>{cut(formatJson(letter.payload ?? null).replace(/\s+/g, ' '), shownArguments)}</bdi>
        </code>
      </td>
      <td data-number data-drop="2">
        {letter.total_attempts}
      </td>
      <td>
        <Time at={letter.final_failure_at} />
      </td>
      {!config.readOnly && (
        <td>
          <span className="row-actions">
            <button type="button" className="btn icon small" aria-label={`Retry ${id}`} title="Retry" onClick={() => void retry()}>
              <RotateCcwIcon aria-hidden="true" />
            </button>
            <button type="button" className="btn icon small danger-quiet" aria-label={`Delete ${id}`} title="Delete" onClick={() => void remove()}>
              <Trash2Icon aria-hidden="true" />
            </button>
          </span>
        </td>
      )}
    </tr>
  );
}
