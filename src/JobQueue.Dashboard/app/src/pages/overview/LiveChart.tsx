import { useMemo } from 'react';
import { formatRate } from '../../lib/format';
import { useStore } from '../../lib/store';
import { liveSeconds } from '../../live/series';
import { livePoints } from '../../live/stores';
import { Chart, type ChartLine } from '../../ui/Chart';
import { Card } from '../../ui/Page';

const lines: ChartLine[] = [
  { label: 'completed', color: '--completed', fill: true },
  { label: 'enqueued', color: '--running' },
  { label: 'failed attempts', color: '--failed' },
];

/** The last two minutes, a point a second, from the running totals that the host sends. */
export function LiveChart() {
  const points = useStore(livePoints);
  const [times, values] = useMemo(
    () => [points.map((point) => point.at), [points.map((point) => point.completed), points.map((point) => point.enqueued), points.map((point) => point.failed)]],
    [points],
  );
  return (
    <Card title="Per second, now" aside={<span className="small muted">last 2 minutes</span>}>
      <Chart label="Jobs completed, enqueued and failed a second in the last two minutes" lines={lines} times={times} values={values} format={formatRate} spanSeconds={liveSeconds} />
    </Card>
  );
}
