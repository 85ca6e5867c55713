import { useState } from 'react';
import type { JobDetails } from '../../api/job';
import { formatJson, jsonError } from '../../lib/json';
import { Dialog } from '../../ui/Dialog';

interface Props {
  job: JobDetails;
  onRetry: (args: string) => Promise<void>;
  onClose: () => void;
}

/** Other arguments for one more try. What is typed is sent as it is: no number changes on its way. */
export function EditArguments({ job, onRetry, onClose }: Props) {
  const [text, setText] = useState(() => formatJson(job.args));
  const [busy, setBusy] = useState(false);
  const problem = jsonError(text);
  return (
    <Dialog title="Retry with other arguments" onClose={onClose} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          void onRetry(text).finally(() => setBusy(false));
        }}
      >
        <label className="field">
          Arguments, as JSON
          <textarea className="code" rows={14} value={text} spellCheck={false} onChange={(event) => setText(event.target.value)} aria-invalid={problem !== null} aria-describedby="edit-problem" />
        </label>
        <p id="edit-problem" className="field-error" role="alert">
          {problem}
        </p>
        <p className="small muted">
          {job.state === 'failed' ? 'The job waits again with these arguments and all its attempts.' : 'A new job runs with these arguments; this one stays as it is.'} A part that the host hides keeps its stored
          value if it is left as it is shown.
        </p>
        <footer>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={problem !== null || busy}>
            Retry with these
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
