import { useMemo, useState } from 'react';
import { readHistory, type HistoryPoint } from '../../api/overview';
import { formatMs, formatShort } from '../../lib/format';
import { useLiveQuery } from '../../live/useLiveQuery';
import { Chart, type ChartLine } from '../../ui/Chart';
import { Loaded } from '../../ui/Loading';
import { Card } from '../../ui/Page';
import { Segments } from '../../ui/Segments';
import { finishedMinutes } from './history';

const spans = [
  { value: '60', label: '1 h' },
  { value: '360', label: '6 h' },
  { value: '1440', label: '24 h' },
  { value: '2880', label: '48 h' },
] as const;

const throughput: ChartLine[] = [
  { label: 'completed', color: '--completed', fill: true },
  { label: 'failed attempts', color: '--retrying' },
  { label: 'dead', color: '--failed', fill: true },
];

const runs: ChartLine[] = [
  { label: 'p50', color: '--running' },
  { label: 'p95', color: '--scheduled' },
  { label: 'p99', color: '--failed' },
];

const waits: ChartLine[] = [
  { label: 'p50', color: '--running' },
  { label: 'p95', color: '--scheduled' },
];

/** Each minute of the last hours: what was done and how long it took. */
export function HistoryCharts() {
  const [span, setSpan] = useState<(typeof spans)[number]['value']>('60');
  const query = useLiveQuery(['history', span], async (signal) => finishedMinutes(await readHistory(Number(span), signal)), { everyMs: 10_000 });
  return (
    <>
      <div className="section-head">
        <h2>Per minute</h2>
        <Segments label="Span" options={spans} value={span} onChange={setSpan} />
      </div>
      <Loaded query={query} rows={3}>
        {(points) => (
          <div className="columns three">
            <Card title="Throughput and failures">
              <History points={points} lines={throughput} read={[(p) => p.completed, (p) => p.failed, (p) => p.dead]} format={formatShort} label="Jobs completed, attempts failed and jobs dead a minute" />
            </Card>
            <Card title="Run time">
              <History points={points} lines={runs} read={[(p) => p.run_p50_ms, (p) => p.run_p95_ms, (p) => p.run_p99_ms]} format={formatMs} label="Percentiles of how long jobs ran" />
            </Card>
            <Card title="Wait before the run">
              <History points={points} lines={waits} read={[(p) => p.wait_p50_ms, (p) => p.wait_p95_ms]} format={formatMs} label="Percentiles of how long jobs waited for a worker" />
            </Card>
          </div>
        )}
      </Loaded>
    </>
  );
}

interface Props {
  points: HistoryPoint[];
  lines: ChartLine[];
  read: ((point: HistoryPoint) => number | null)[];
  format: (value: number) => string;
  label: string;
}

function History({ points, lines, read, format, label }: Props) {
  const [times, values] = useMemo(
    () => [points.map((point) => Date.parse(point.at) / 1_000), read.map((of) => points.map(of))],
    // What is read of a point is a constant of the caller.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [points],
  );
  return <Chart label={label} lines={lines} times={times} values={values} format={format} height={150} />;
}
