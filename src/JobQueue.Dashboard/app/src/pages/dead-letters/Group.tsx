import { ChevronDownIcon, ChevronRightIcon, RotateCcwIcon, Trash2Icon } from 'lucide-react';
import { startBulk } from '../../actions/bulk';
import { config } from '../../api/config';
import type { DeadGroup } from '../../api/deadLetters';
import { formatCount } from '../../lib/format';
import { cut } from '../../lib/json';
import { Time } from '../../ui/Time';
import { Letters } from './Letters';

interface Props {
  group: DeadGroup;
  open: boolean;
  onToggle: (open: boolean) => void;
}

/** Dead jobs of one handler that died of the same error. */
export function Group({ group, open, onToggle }: Props) {
  const filter = { status: 'failed', fingerprint: group.fingerprint } as const;
  const what = `dead jobs of ${group.handler}`;
  const Chevron = open ? ChevronDownIcon : ChevronRightIcon;
  return (
    <li className="card flush group" data-fingerprint={group.fingerprint}>
      <div className="group-head">
        <button type="button" className="group-toggle" aria-expanded={open} onClick={() => onToggle(!open)}>
          <Chevron aria-hidden="true" />
          <span className="group-count">{formatCount(group.count)}</span>
          <span className="group-text">
            <strong>
              <bdi>{group.handler}</bdi>
            </strong>
            <span className="group-error">
              {group.error_type !== null && (
                <code>
                  <bdi>{cut(group.error_type, 120)}</bdi>
                </code>
              )}{' '}
              <bdi>{cut(group.error ?? '', 240)}</bdi>
            </span>
          </span>
        </button>
        <span className="group-times small muted">
          <span>
            first <Time at={group.first_at} />
          </span>
          <span>
            last <Time at={group.last_at} />
          </span>
        </span>
        {!config.readOnly && (
          <span className="row-actions">
            <button
              type="button"
              className="btn small"
              aria-label={`Retry the group of ${group.handler}`}
              onClick={() => void startBulk({ action: 'retry', target: { filter }, what, count: group.count })}
            >
              <RotateCcwIcon aria-hidden="true" /> Retry…
            </button>
            <button
              type="button"
              className="btn small danger-quiet"
              aria-label={`Delete the group of ${group.handler}`}
              onClick={() => void startBulk({ action: 'delete', target: { filter }, what, count: group.count })}
            >
              <Trash2Icon aria-hidden="true" />
            </button>
          </span>
        )}
      </div>
      {open && <Letters fingerprint={group.fingerprint} />}
    </li>
  );
}
