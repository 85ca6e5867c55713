import { beforeEach, expect, test, vi } from 'vitest';
import { bulkStep, type BulkAnswer } from '../api/bulk';
import { bulkRun, closeBulk, confirmBulk, startBulk, targetsOf } from './bulk';

vi.mock('../api/bulk', () => ({ bulkStep: vi.fn() }));
vi.mock('../live/refresh', () => ({ refreshAll: vi.fn() }));

const step = vi.mocked(bulkStep);
const answer = (part: Partial<BulkAnswer>): BulkAnswer => ({ matched: 0, done: 0, failed: 0, errors: [], cursor: null, ...part });
const byFilter = { action: 'delete', target: { filter: { status: 'failed' } }, what: 'dead jobs' } as const;

beforeEach(() => {
  closeBulk();
  step.mockReset();
});

test('what is not counted yet is counted first, step by step, without changing anything', async () => {
  step.mockResolvedValueOnce(answer({ matched: 5_000, cursor: 'a' })).mockResolvedValueOnce(answer({ matched: 20 }));
  await startBulk(byFilter);
  expect(bulkRun.get()).toMatchObject({ phase: 'asking', matched: 5_020 });
  expect(step.mock.calls).toEqual([
    ['delete', byFilter.target, true, null],
    ['delete', byFilter.target, true, 'a'],
  ]);
});

test('it goes on until there is no cursor, and adds up', async () => {
  await startBulk({ ...byFilter, count: 7_000 });
  step.mockResolvedValueOnce(answer({ matched: 5_000, done: 5_000, cursor: 'a' })).mockResolvedValueOnce(answer({ matched: 2_000, done: 1_999, failed: 1, errors: [{ job_id: 'x', message: 'no' }] }));
  await confirmBulk();
  expect(bulkRun.get()).toMatchObject({ phase: 'done', handled: 7_000, done: 6_999, failed: 1, errors: [{ job_id: 'x', message: 'no' }] });
});

test('closing the dialog stops it after its step', async () => {
  await startBulk({ ...byFilter, count: 7_000 });
  step.mockImplementation(() => {
    closeBulk();
    return Promise.resolve(answer({ matched: 1, cursor: 'again' }));
  });
  await confirmBulk();
  expect(step).toHaveBeenCalledTimes(1);
  expect(bulkRun.get()).toBeNull();
});

test('a failure is shown and ends it', async () => {
  await startBulk({ ...byFilter, count: 1 });
  step.mockRejectedValue(new Error('Redis is away'));
  await confirmBulk();
  expect(bulkRun.get()).toMatchObject({ phase: 'done', problem: 'Redis is away' });
});

test('ids go in portions', () => {
  const ids = Array.from({ length: 1_001 }, (_, index) => String(index));
  expect(targetsOf({ ids }).map((target) => ('ids' in target ? target.ids.length : 0))).toEqual([500, 500, 1]);
});
