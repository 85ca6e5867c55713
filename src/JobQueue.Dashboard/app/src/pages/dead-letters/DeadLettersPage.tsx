import { RotateCcwIcon, ShieldCheckIcon, Trash2Icon } from 'lucide-react';
import { useLocation, useSearch } from 'wouter';
import { startBulk } from '../../actions/bulk';
import { config } from '../../api/config';
import { readGroups } from '../../api/deadLetters';
import { formatCount, plural } from '../../lib/format';
import { useStore } from '../../lib/store';
import { counts } from '../../live/stores';
import { useLiveQuery } from '../../live/useLiveQuery';
import { Empty } from '../../ui/Empty';
import { Loaded } from '../../ui/Loading';
import { Page } from '../../ui/Page';
import { Group } from './Group';

export function DeadLettersPage() {
  const query = useLiveQuery(['dead-letters', 'groups'], readGroups);
  const open = new URLSearchParams(useSearch()).get('group');
  const [, go] = useLocation();
  const groups = query.data ?? [];
  const total = useStore(counts)?.failed ?? groups.reduce((sum, group) => sum + group.count, 0);
  return (
    <Page
      title="Dead letters"
      lead={
        <p className="lead">
          {total === 0
            ? 'Jobs that nothing more happens to without you.'
            : `${plural(total, 'job')} in ${plural(groups.length, 'group')} by handler and error. Nothing more happens to them without you.`}
        </p>
      }
      actions={
        config.readOnly || total === 0 ? undefined : (
          <>
            <button type="button" className="btn primary" onClick={() => void startBulk({ action: 'retry', target: { all: true }, what: 'all dead jobs', count: total })}>
              <RotateCcwIcon aria-hidden="true" /> Retry all {formatCount(total)}…
            </button>
            <button
              type="button"
              className="btn danger-quiet"
              onClick={() => void startBulk({ action: 'delete', target: { filter: { status: 'failed' } }, what: 'all dead jobs', count: total })}
            >
              <Trash2Icon aria-hidden="true" /> Delete all…
            </button>
          </>
        )
      }
    >
      <Loaded query={query}>
        {(shown) =>
          shown.length === 0 ? (
            <Empty icon={ShieldCheckIcon} title="No dead letters">
              A job comes here when it has used up its retries, when its error is not to be retried, when its handler discards it, or when it came too late. Then it can be retried or deleted, alone or as a group.
            </Empty>
          ) : (
            <ul className="plain groups">
              {[...shown]
                .sort((a, b) => b.count - a.count)
                .map((group) => (
                  <Group key={group.fingerprint} group={group} open={open === group.fingerprint} onToggle={(to) => go(to ? `/dead-letters?group=${encodeURIComponent(group.fingerprint)}` : '/dead-letters')} />
                ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}
