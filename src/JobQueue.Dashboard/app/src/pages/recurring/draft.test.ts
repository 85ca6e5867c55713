import { expect, test } from 'vitest';
import { draftOf, draftTimetable, registration } from './draft';

const draft = { ...draftOf(null, 'utc'), name: ' weekly ', handler: 'send' };

test('a new one begins with a timetable that works', () => {
  expect(draftTimetable(draft, 'utc')).toEqual({ cron_expression: '0 8 * * MON-FRI', time_zone: 'UTC' });
});

test('too little is not asked about', () => {
  expect(draftTimetable({ ...draft, cron: '  ' }, 'utc')).toBeNull();
  expect(draftTimetable({ ...draft, type: 'interval', seconds: '' }, 'utc')).toBeNull();
  expect(draftTimetable({ ...draft, type: 'once', runAt: '' }, 'utc')).toBeNull();
});

test('each kind has its own member', () => {
  expect(draftTimetable({ ...draft, type: 'interval', seconds: '90' }, 'utc')).toEqual({ interval_seconds: 90 });
  expect(draftTimetable({ ...draft, type: 'once', runAt: '2031-07-01T12:00' }, 'utc')).toEqual({ run_at: '2031-07-01T12:00:00.000Z' });
});

test('arguments are sent as they were typed', () => {
  const text = registration({ ...draft, args: '{"id":9007199254740993}' }, 'utc');
  expect(text).toContain('"args":{"id":9007199254740993}');
  expect(JSON.parse(text)).toMatchObject({ name: 'weekly', job_name: 'send', schedule_type: 'cron', misfire: 'fire_once', overlap: 'allow', enabled: true });
  expect(JSON.parse(text)).not.toHaveProperty('queue');
  expect(registration({ ...draft, args: ' ' }, 'utc')).toContain('"args":{}');
});
