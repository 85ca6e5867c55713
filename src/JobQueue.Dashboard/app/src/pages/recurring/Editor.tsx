import { useState, type SubmitEvent } from 'react';
import { ApiError } from '../../api/http';
import { registerRecurring, type RecurringTask, type ScheduleType } from '../../api/recurring';
import { priorities } from '../../api/types';
import { jsonError } from '../../lib/json';
import { clock } from '../../lib/preferences';
import { useStore } from '../../lib/store';
import { refreshAll } from '../../live/refresh';
import { Dialog } from '../../ui/Dialog';
import { Segments } from '../../ui/Segments';
import { say } from '../../ui/toasts';
import { draftOf, registration, type Draft } from './draft';
import { Choice, Field, HandlerField, ZoneField } from './fields';
import { SchedulePreview } from './SchedulePreview';

const types = [
  { value: 'cron', label: 'Cron' },
  { value: 'interval', label: 'Interval' },
  { value: 'once', label: 'Once' },
] as const satisfies { value: ScheduleType; label: string }[];

const misfires = [
  ['fire_once', 'Run once for all that were missed'],
  ['skip', 'Leave missed runs out'],
  ['catch_up', 'Make up for each missed run'],
] as const;

const overlaps = [
  ['allow', 'Run beside the one before'],
  ['skip_if_running', 'Leave out while the one before runs'],
] as const;

interface Problem {
  field: string | null;
  text: string;
}

/** Adds a recurring job, or changes one: what it says is shown in words, with its next runs, while it is typed. */
export function Editor({ task, onClose }: { task: RecurringTask | null; onClose: () => void }) {
  const shownClock = useStore(clock);
  const [draft, setDraft] = useState<Draft>(() => draftOf(task, shownClock));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setProblem(null);
  };
  const argsProblem = draft.args.trim() === '' ? null : jsonError(draft.args);
  const errorOf = (...fields: string[]) => (fields.includes(problem?.field ?? '') ? (problem?.text ?? null) : null);

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await registerRecurring(registration(draft, shownClock));
      say('good', `${draft.name} is saved.`);
      onClose();
    } catch (error) {
      setProblem({ field: error instanceof ApiError ? error.field : null, text: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
      refreshAll();
    }
  };

  return (
    <Dialog title={task === null ? 'New recurring job' : `Edit ${task.name}`} onClose={onClose} wide>
      <form className="editor" onSubmit={(event) => void save(event)}>
        <div className="columns two">
          <div className="stack">
            <Field label="Name" value={draft.name} error={errorOf('name')} readOnly={task !== null} required onChange={(name) => set({ name })} />
            <HandlerField value={draft.handler} error={errorOf('job_name', 'handler')} onChange={(handler) => set({ handler })} />
            <Segments label="Kind of timetable" options={types} value={draft.type} onChange={(type) => set({ type })} />
            {draft.type === 'cron' && (
              <>
                <Field label="Cron expression" hint="minute hour day month weekday, or six fields with seconds first" value={draft.cron} error={errorOf('cron_expression')} mono onChange={(cron) => set({ cron })} />
                <ZoneField value={draft.zone} error={errorOf('time_zone')} onChange={(zone) => set({ zone })} />
              </>
            )}
            {draft.type === 'interval' && (
              <Field label="Every so many seconds" value={draft.seconds} type="number" error={errorOf('interval_seconds')} onChange={(seconds) => set({ seconds })} />
            )}
            {draft.type === 'once' && (
              <Field label={`At (${shownClock === 'utc' ? 'UTC' : 'local time'})`} value={draft.runAt} type="datetime-local" error={errorOf('run_at')} onChange={(runAt) => set({ runAt })} />
            )}
            <SchedulePreview draft={draft} />
          </div>
          <div className="stack">
            <Field label="Queue" hint="empty: the handler’s" value={draft.queue} error={errorOf('queue')} onChange={(queue) => set({ queue })} />
            <Choice
              label="Priority"
              value={draft.priority}
              options={[['', 'The handler’s'], ...priorities.map((priority) => [priority, priority] as const)]}
              onChange={(priority) => set({ priority })}
            />
            <Choice label="When runs were missed" value={draft.misfire} options={misfires} onChange={(misfire) => set({ misfire })} />
            <Choice label="When the one before still runs" value={draft.overlap} options={overlaps} onChange={(overlap) => set({ overlap })} />
            <label className="field">
              Arguments, as JSON
              <textarea className="code" rows={5} value={draft.args} spellCheck={false} aria-invalid={argsProblem !== null} onChange={(event) => set({ args: event.target.value })} />
            </label>
            <p className="field-error" role="alert">
              {argsProblem ?? errorOf('args')}
            </p>
            <label className="check">
              <input type="checkbox" checked={draft.enabled} onChange={(event) => set({ enabled: event.target.checked })} /> Switched on
            </label>
          </div>
        </div>
        {problem !== null && (
          <p className="field-error" role="alert">
            <bdi>{problem.text}</bdi>
          </p>
        )}
        <footer>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={busy || argsProblem !== null}>
            {task === null ? 'Add' : 'Save'}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
