import { formatJson } from './json';

/** A word of a POSIX shell, whatever it holds. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export interface CurlJob {
  name: string;
  args: unknown;
  queue: string;
  priority: string;
  max_retries: number | null;
  tags: string[];
}

/** A command that enqueues the same job again. */
export function enqueueCommand(api: string, job: CurlJob): string {
  const body = formatJson({
    name: job.name,
    args: job.args ?? {},
    queue: job.queue,
    priority: job.priority,
    ...(job.max_retries === null ? {} : { max_retries: job.max_retries }),
    ...(job.tags.length === 0 ? {} : { tags: job.tags }),
  });
  return [`curl -X POST ${quote(`${api}/jobs/enqueue`)}`, `-H 'Content-Type: application/json'`, `-d ${quote(body)}`].join(' \\\n  ');
}

/** A command that reads a job. */
export const readCommand = (api: string, id: string): string => `curl ${quote(`${api}/jobs/${encodeURIComponent(id)}/details`)}`;
