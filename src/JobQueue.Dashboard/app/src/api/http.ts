import { parseJson } from '../lib/json';
import { config } from './config';

/** An answer that is no success, as RFC 9457 writes it; status 0 when nothing answered at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly field: string | null;
  readonly errorId: string | null;

  constructor(status: number, detail: string, field: string | null = null, errorId: string | null = null) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.field = field;
    this.errorId = errorId;
  }
}

interface Problem {
  title?: string;
  detail?: string;
  field?: string;
  error_id?: string;
}

export interface Answer<T> {
  body: T;
  headers: Headers;
}

export type Query = Record<string, string | number | undefined>;

/** The address of an endpoint, with what is set of a query. */
export function address(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      parts.set(name, String(value));
    }
  }
  const text = parts.toString();
  return `${config.api}${path}${text === '' ? '' : `?${text}`}`;
}

export async function send<T>(method: string, path: string, query?: Query, body?: string, signal?: AbortSignal): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(address(path, query), {
      method,
      headers: body === undefined ? { Accept: 'application/json' } : { Accept: 'application/json', 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw error;
    }
    throw new ApiError(0, 'The host does not answer.');
  }
  const text = await response.text();
  if (!response.ok) {
    throw problemOf(response, text);
  }
  return { body: parseJson(text) as T, headers: response.headers };
}

function problemOf(response: Response, text: string): ApiError {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // A proxy's own error page: the status says enough.
  }
  const fallback = `The host answered ${response.status} ${response.statusText}.`;
  return new ApiError(response.status, problem.detail ?? problem.title ?? fallback, problem.field ?? null, problem.error_id ?? null);
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await send<T>('GET', path, query, undefined, signal)).body;
}

export async function post<T>(path: string, body?: unknown): Promise<T> {
  return (await send<T>('POST', path, undefined, body === undefined ? undefined : JSON.stringify(body))).body;
}

export async function remove<T>(path: string, query?: Query): Promise<T> {
  return (await send<T>('DELETE', path, query)).body;
}

/** A segment of a path. */
export const segment = encodeURIComponent;
