import type { RecurringTask } from '../../api/recurring';
import { JsonView } from '../../ui/JsonView';
import { NextRuns } from './NextRuns';

const misfires = { fire_once: 'runs once for all that were missed', skip: 'missed runs are left out', catch_up: 'each missed run is made up for' };
const overlaps = { allow: 'may run beside the one before', skip_if_running: 'is left out while the one before runs' };

export function TaskDetails({ task }: { task: RecurringTask }) {
  return (
    <div className="columns two task-details">
      <div>
        <h3>Next runs</h3>
        {task.enabled ? <NextRuns runs={task.next_runs} zone={task.time_zone} /> : <p className="muted">It is switched off, and runs only when somebody runs it.</p>}
      </div>
      <div className="stack">
        <dl className="facts">
          <dt>Owner</dt>
          <dd>{task.owner === null ? 'added at run time' : <bdi>code of {task.owner}</bdi>}</dd>
          <dt>Queue</dt>
          <dd>{task.queue === null ? 'the handler’s' : <bdi>{task.queue}</bdi>}</dd>
          <dt>Priority</dt>
          <dd>{task.priority ?? 'the handler’s'}</dd>
          <dt>Misfire</dt>
          <dd>{misfires[task.misfire]}</dd>
          <dt>Overlap</dt>
          <dd>{overlaps[task.overlap]}</dd>
        </dl>
        <h3>Arguments</h3>
        <JsonView value={task.args} name="arguments" />
      </div>
    </div>
  );
}
