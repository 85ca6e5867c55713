import { expect, test } from 'vitest';
import { cut, exactNumber, jsonError, parseJson } from './json';

test('an empty answer is null', () => {
  expect(parseJson('')).toBeNull();
});

test('ordinary JSON is what JSON.parse makes of it', () => {
  const text = '{"a":[1,2.5,-3,"x",true,null],"b":{"c":1e3}}';
  expect(parseJson(text)).toEqual(JSON.parse(text));
  expect(exactNumber(1)).toBeNull();
});

// That numbers JavaScript would change stay as they were written needs a browser's engine: the browser's tests see it.

test('a text is cut, and never in the middle of a character', () => {
  expect(cut('abc', 3)).toBe('abc');
  expect(cut('abcd', 3)).toBe('abc');
  expect(cut('ab😀d', 3)).toBe('ab');
});

test('what is no JSON is said', () => {
  expect(jsonError('{"a":1}')).toBeNull();
  expect(jsonError('{ no')).not.toBeNull();
});
