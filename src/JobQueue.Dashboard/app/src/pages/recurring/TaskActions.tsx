import { PencilIcon, PlayIcon, Trash2Icon } from 'lucide-react';
import { useLocation } from 'wouter';
import { perform } from '../../actions/perform';
import { config } from '../../api/config';
import { removeRecurring, runRecurring, switchRecurring, type RecurringTask } from '../../api/recurring';
import { ask } from '../../ui/confirm';

export function EnabledSwitch({ task }: { task: RecurringTask }) {
  if (config.readOnly) {
    return <span className={task.enabled ? undefined : 'muted'}>{task.enabled ? 'on' : 'off'}</span>;
  }
  const toggle = () =>
    perform(
      () => switchRecurring(task.name, !task.enabled),
      () => (task.enabled ? `${task.name} is switched off.` : `${task.name} is switched on.`),
    );
  return <button type="button" role="switch" className="switch" aria-checked={task.enabled} aria-label={`${task.name} is on`} onClick={() => void toggle()} />;
}

export function TaskActions({ task, onEdit }: { task: RecurringTask; onEdit: () => void }) {
  const [, go] = useLocation();
  const declared = task.owner !== null;
  const why = declared ? `Declared in the code of ${task.owner}: change it there` : undefined;
  const run = async () => {
    const started = await perform(
      () => runRecurring(task.name),
      () => `${task.name} runs now; its timetable stays as it is.`,
    );
    if (started !== undefined) {
      go(`/jobs/${started.job_id}`);
    }
  };
  const remove = async () => {
    if (await ask({ title: `Remove ${task.name}`, text: 'It enqueues no more jobs. Those that it has enqueued stay.', confirm: 'Remove 1 recurring job', danger: true })) {
      await perform(
        () => removeRecurring(task.name),
        () => `${task.name} is removed.`,
      );
    }
  };
  return (
    <span className="row-actions">
      <button type="button" className="btn small" aria-label={`Run ${task.name} now`} onClick={() => void run()}>
        <PlayIcon aria-hidden="true" /> Run
      </button>
      <button type="button" className="btn icon small" aria-label={`Edit ${task.name}`} title={why ?? 'Edit'} disabled={declared} onClick={onEdit}>
        <PencilIcon aria-hidden="true" />
      </button>
      <button type="button" className="btn icon small danger-quiet" aria-label={`Remove ${task.name}`} title={why ?? 'Remove'} disabled={declared} onClick={() => void remove()}>
        <Trash2Icon aria-hidden="true" />
      </button>
    </span>
  );
}
