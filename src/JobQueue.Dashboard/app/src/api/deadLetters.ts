import { get, send } from './http';
import type { Instant } from './types';

export interface DeadGroup {
  fingerprint: string;
  handler: string;
  error_type: string | null;
  error: string | null;
  count: number;
  first_at: Instant;
  last_at: Instant;
}

export interface DeadLetter {
  id: string;
  job_id: string;
  job_type: string;
  payload: unknown;
  total_attempts: number;
  first_attempt_at: Instant | null;
  final_failure_at: Instant | null;
  failure_reason: string | null;
  all_error_messages: string[] | null;
}

export const readGroups = async (signal?: AbortSignal) => (await get<{ groups: DeadGroup[] }>('/dead-letters/groups', {}, signal)).groups;

export async function readDeadLetters(fingerprint: string, limit: number, cursor: string | undefined, signal?: AbortSignal) {
  const { body, headers } = await send<{ items: DeadLetter[]; total: number }>('GET', '/dead-letters', { fingerprint, limit, cursor }, undefined, signal);
  return { letters: body.items, total: body.total, nextCursor: headers.get('X-Next-Cursor') };
}
