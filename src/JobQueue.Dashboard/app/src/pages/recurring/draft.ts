import type { RecurringTask, ScheduleType, Timetable } from '../../api/recurring';
import { formatJson } from '../../lib/json';
import { readInput, writeInput, type Clock } from '../../lib/time';

/** What is typed into the editor, field by field. */
export interface Draft {
  name: string;
  handler: string;
  type: ScheduleType;
  cron: string;
  seconds: string;
  /** Of an input of type datetime-local, in the clock that the page shows. */
  runAt: string;
  zone: string;
  queue: string;
  priority: string;
  misfire: RecurringTask['misfire'];
  overlap: RecurringTask['overlap'];
  enabled: boolean;
  /** JSON text. */
  args: string;
}

export function draftOf(task: RecurringTask | null, clock: Clock): Draft {
  return {
    name: task?.name ?? '',
    handler: task?.job_name ?? '',
    type: task?.schedule_type ?? 'cron',
    cron: task?.cron_expression ?? '0 8 * * MON-FRI',
    seconds: String(task?.interval_seconds ?? 300),
    runAt: writeInput(task?.run_at ?? undefined, clock),
    zone: task?.time_zone ?? 'UTC',
    queue: task?.queue ?? '',
    priority: task?.priority ?? '',
    misfire: task?.misfire ?? 'fire_once',
    overlap: task?.overlap ?? 'allow',
    enabled: task?.enabled ?? true,
    args: formatJson(task?.args ?? {}),
  };
}

/** Null while there is too little to ask the host about. */
export function draftTimetable(draft: Draft, clock: Clock): Timetable | null {
  switch (draft.type) {
    case 'cron':
      return draft.cron.trim() === '' ? null : { cron_expression: draft.cron.trim(), ...(draft.zone.trim() === '' ? {} : { time_zone: draft.zone.trim() }) };
    case 'interval': {
      const seconds = Number(draft.seconds);
      return draft.seconds.trim() === '' || Number.isNaN(seconds) ? null : { interval_seconds: seconds };
    }
    case 'once': {
      const at = readInput(draft.runAt, clock);
      return at === undefined ? null : { run_at: at };
    }
  }
}

/** The request that registers it; the arguments are put in as they were typed. */
export function registration(draft: Draft, clock: Clock): string {
  const members = {
    name: draft.name.trim(),
    job_name: draft.handler.trim(),
    schedule_type: draft.type,
    ...draftTimetable(draft, clock),
    ...(draft.queue.trim() === '' ? {} : { queue: draft.queue.trim() }),
    ...(draft.priority === '' ? {} : { priority: draft.priority }),
    misfire: draft.misfire,
    overlap: draft.overlap,
    enabled: draft.enabled,
  };
  return `${JSON.stringify(members).slice(0, -1)},"args":${draft.args.trim() === '' ? '{}' : draft.args}}`;
}
