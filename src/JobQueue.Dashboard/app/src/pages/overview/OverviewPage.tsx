import { useEffect } from 'react';
import { readOverview } from '../../api/overview';
import { receivePolledCounts } from '../../live/connection';
import { useLiveQuery } from '../../live/useLiveQuery';
import { Loaded } from '../../ui/Loading';
import { Page } from '../../ui/Page';
import { AttentionList } from './AttentionList';
import { Backlog } from './Backlog';
import { CountTiles } from './CountTiles';
import { Fleet } from './Fleet';
import { HistoryCharts } from './HistoryCharts';
import { LiveChart } from './LiveChart';

export function OverviewPage() {
  const query = useLiveQuery(['overview'], readOverview);
  const fresh = query.data?.counts;
  useEffect(() => {
    if (fresh !== undefined) {
      receivePolledCounts(fresh);
    }
  }, [fresh]);
  return (
    <Page title="Overview">
      <Loaded query={query} rows={8}>
        {(overview) => (
          <>
            <AttentionList items={overview.attention} />
            <CountTiles fallback={overview.counts} />
            <div className="columns wide-left">
              <LiveChart />
              <Fleet workers={overview.workers} oldest={overview.oldest} />
            </div>
            <HistoryCharts />
            <Backlog backlog={overview.backlog} queues={overview.queues} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
