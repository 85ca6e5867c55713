import { expect, test } from 'vitest';
import { targetOf } from './search';

test('an id leads to its job, with hyphens and in capitals too', () => {
  expect(targetOf('01a21a78e04c76a395e1cb0450687500')).toBe('/jobs/01a21a78e04c76a395e1cb0450687500');
  expect(targetOf('01A21A78-E04C-76A3-95E1-CB0450687500')).toBe('/jobs/01a21a78e04c76a395e1cb0450687500');
});

test('anything else is looked for as a handler', () => {
  expect(targetOf('send invoice&more')).toBe('/jobs?handler=send%20invoice%26more');
  expect(targetOf('01a21a78')).toBe('/jobs?handler=01a21a78');
});
