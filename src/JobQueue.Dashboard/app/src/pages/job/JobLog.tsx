import { useEffect, useRef } from 'react';
import { readLog } from '../../api/job';
import { clock } from '../../lib/preferences';
import { useStore } from '../../lib/store';
import { formatTimeOfDay } from '../../lib/time';
import { useLiveQuery } from '../../live/useLiveQuery';
import { Loaded } from '../../ui/Loading';
import { Card } from '../../ui/Page';

/** Lines of a log are no event: while the job runs they are asked for. */
const runningEveryMs = 1_000;

export function JobLog({ id, isRunning }: { id: string; isRunning: boolean }) {
  const query = useLiveQuery(['job', id, 'log'], (signal) => readLog(id, signal), isRunning ? { everyMs: runningEveryMs } : {});
  const shownClock = useStore(clock);
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const count = query.data?.length ?? 0;
  useEffect(() => {
    // New lines are followed, unless the reader has gone up to older ones.
    if (atEnd.current && box.current !== null) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [count]);
  return (
    <Card title="Log" aside={count > 0 ? <span className="small muted">{count} lines</span> : undefined}>
      <Loaded query={query} rows={2}>
        {(lines) =>
          lines.length === 0 ? (
            <p className="muted">
              No lines. A handler writes them with <code>JobContext.LogAsync</code>; the last 200 are kept.
            </p>
          ) : (
            <div
              ref={box}
              className="log"
              role="log"
              aria-label="Log lines"
              // Scrolls by keyboard too.
              // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              tabIndex={0}
              onScroll={({ currentTarget: element }) => {
                atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 20;
              }}
            >
              {lines.map((line, index) => (
                <div key={index} className="log-line">
                  <time dateTime={line.at}>{formatTimeOfDay(line.at, shownClock)}</time>
                  <bdi>{line.text}</bdi>
                </div>
              ))}
            </div>
          )
        }
      </Loaded>
    </Card>
  );
}
