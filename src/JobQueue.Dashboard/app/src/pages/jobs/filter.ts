import type { BulkAction } from '../../api/bulk';
import type { JobFilter } from '../../api/jobs';
import { states, type State } from '../../api/types';

/** What the address of the page says of its list, so that it can be shared and gone back to. */
export interface JobsQuery {
  state: State | undefined;
  handler: string;
  queue: string;
  tag: string;
  /** ISO instants. */
  after: string | undefined;
  before: string | undefined;
  cursor: string | undefined;
  /** From 1. */
  page: number;
}

export function readQuery(search: string): JobsQuery {
  const query = new URLSearchParams(search);
  const page = Number(query.get('page'));
  return {
    state: states.find((state) => state === query.get('state')),
    handler: query.get('handler') ?? '',
    queue: query.get('queue') ?? '',
    tag: query.get('tag') ?? '',
    after: query.get('after') ?? undefined,
    before: query.get('before') ?? undefined,
    cursor: query.get('cursor') ?? undefined,
    page: Number.isInteger(page) && page > 1 ? page : 1,
  };
}

export function writeQuery(query: JobsQuery): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | number | undefined][]) {
    if (value !== undefined && value !== '' && !(name === 'page' && value === 1)) {
      parts.set(name, String(value));
    }
  }
  const text = parts.toString();
  return text === '' ? '/jobs' : `/jobs?${text}`;
}

export function filterOf(query: JobsQuery): JobFilter {
  return {
    status: query.state,
    job_type: query.handler === '' ? undefined : query.handler,
    queue: query.queue === '' ? undefined : query.queue,
    tag: query.tag === '' ? undefined : query.tag,
    created_after: query.after,
    created_before: query.before,
  };
}

export const isFiltered = (query: JobsQuery): boolean =>
  query.handler !== '' || query.queue !== '' || query.tag !== '' || query.after !== undefined || query.before !== undefined;

/** What can be done with jobs in a state; undefined is a list of all states. */
export function actionsFor(state: State | undefined): BulkAction[] {
  switch (state) {
    case 'pending':
      return ['cancel', 'delete'];
    case 'scheduled':
    case 'retrying':
      return ['run_now', 'cancel', 'delete'];
    case 'running':
      return ['cancel'];
    case 'failed':
    case 'completed':
    case 'cancelled':
      return ['retry', 'delete'];
    default:
      return ['retry', 'cancel', 'delete'];
  }
}
