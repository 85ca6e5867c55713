import { expect, test } from 'vitest';
import { enqueueCommand, quote, readCommand } from './curl';

const job = { name: 'send', args: { text: "it's $(rm) `x`" }, queue: 'mail', priority: 'high', max_retries: 3, tags: ['a'] };

test('nothing in a quoted word means anything to a shell', () => {
  expect(quote("it's $(rm) `x`")).toBe(`'it'\\''s $(rm) \`x\`'`);
});

test('a command enqueues the same job', () => {
  const command = enqueueCommand('http://host/jobs/api', job);
  expect(command).toMatch(/^curl -X POST 'http:\/\/host\/jobs\/api\/jobs\/enqueue'/);
  const body = /-d '([\s\S]*)'$/.exec(command)?.[1]?.replaceAll(`'\\''`, "'");
  expect(JSON.parse(body ?? '')).toEqual({ name: 'send', args: job.args, queue: 'mail', priority: 'high', max_retries: 3, tags: ['a'] });
});

test('what a job does not say is left out', () => {
  const command = enqueueCommand('http://host', { ...job, max_retries: null, tags: [] });
  expect(command).not.toContain('max_retries');
  expect(command).not.toContain('tags');
});

test('a command reads a job', () => {
  expect(readCommand('http://host', 'a/b')).toBe(`curl 'http://host/jobs/a%2Fb/details'`);
});
