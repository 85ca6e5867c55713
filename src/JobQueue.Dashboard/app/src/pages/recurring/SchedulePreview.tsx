import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/http';
import { previewSchedule } from '../../api/recurring';
import { clock } from '../../lib/preferences';
import { useStore } from '../../lib/store';
import { draftTimetable, type Draft } from './draft';
import { NextRuns } from './NextRuns';

/** After the last key; long enough that no half of an expression is called wrong. */
const quietMs = 250;

/** What the host makes of the timetable that is being typed: words and next runs, or what is wrong with which field. */
export function SchedulePreview({ draft }: { draft: Draft }) {
  const shownClock = useStore(clock);
  const typed = JSON.stringify(draftTimetable(draft, shownClock));
  const [asked, setAsked] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed), quietMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const { data, error } = useQuery({
    queryKey: ['preview', asked],
    queryFn: ({ signal }) => previewSchedule(JSON.parse(asked) as object, signal),
    enabled: asked !== 'null',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  if (asked === 'null') {
    return <p className="muted small">The next runs are shown here.</p>;
  }
  if (error !== null) {
    return (
      <div className="preview" data-bad role="status">
        <strong>{error instanceof ApiError && error.field !== null ? fieldNames[error.field] ?? error.field : 'Not valid'}</strong>
        <p className="field-error">
          <bdi>{error.message}</bdi>
        </p>
      </div>
    );
  }
  return (
    <div className="preview" role="status" aria-label="Preview">
      {data !== undefined && (
        <>
          <strong>
            <bdi>{data.description}</bdi>
          </strong>
          <NextRuns runs={data.next_runs.slice(0, 5)} zone={draft.type === 'cron' ? data.time_zone : null} />
        </>
      )}
    </div>
  );
}

const fieldNames: Record<string, string> = { cron_expression: 'Cron expression', time_zone: 'Time zone', interval_seconds: 'Interval', run_at: 'Time' };
