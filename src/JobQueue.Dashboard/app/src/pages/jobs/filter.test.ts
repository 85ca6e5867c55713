import { expect, test } from 'vitest';
import { actionsFor, filterOf, isFiltered, readQuery, writeQuery } from './filter';

test('what an address says comes back as it was', () => {
  const search = 'state=failed&handler=send&queue=mail&tag=a+b&after=2031-07-01T12%3A00%3A00.000Z&cursor=x&page=3';
  const query = readQuery(search);
  expect(query).toMatchObject({ state: 'failed', handler: 'send', queue: 'mail', tag: 'a b', cursor: 'x', page: 3 });
  expect(readQuery(writeQuery(query).split('?')[1] ?? '')).toEqual(query);
  expect(isFiltered(query)).toBe(true);
});

test('what is unknown or not set is left out', () => {
  const query = readQuery('state=nonsense&page=-1');
  expect(query.state).toBeUndefined();
  expect(query.page).toBe(1);
  expect(writeQuery(query)).toBe('/jobs');
  expect(isFiltered(query)).toBe(false);
  expect(JSON.stringify(filterOf(query))).toBe('{}');
});

test('what can be done depends on the state', () => {
  expect(actionsFor('running')).toEqual(['cancel']);
  expect(actionsFor('failed')).toEqual(['retry', 'delete']);
  expect(actionsFor('scheduled')).toContain('run_now');
});
