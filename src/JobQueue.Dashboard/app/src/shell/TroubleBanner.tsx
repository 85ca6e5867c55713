import { BanIcon, DatabaseIcon, LockIcon, UnplugIcon } from 'lucide-react';
import { useStore } from '../lib/store';
import { refreshAll } from '../live/refresh';
import { trouble } from '../live/stores';

function explain(status: number) {
  switch (status) {
    case 0:
      return { icon: UnplugIcon, title: 'The host does not answer', text: 'What is shown is the last that was read. The page tries again every few seconds.' };
    case 401:
      return { icon: LockIcon, title: 'You are not signed in (401)', text: 'Sign in to the host, then load this page again.' };
    case 403:
      return { icon: BanIcon, title: 'You may not see this (403)', text: 'The host refuses it to you.' };
    default:
      return { icon: DatabaseIcon, title: `The host can't read the queue now (${status})`, text: 'What is shown is the last that was read. Jobs that run go on. The page tries again every few seconds.' };
  }
}

/** Says that what is shown is not the present, and why. */
export function TroubleBanner() {
  const current = useStore(trouble);
  if (current === null) {
    return null;
  }
  const { icon: Icon, title, text } = explain(current.status);
  return (
    <div className="banner" role="alert" data-status={current.status}>
      <Icon aria-hidden="true" />
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
        {current.status !== 0 && (
          <p className="small muted">
            <bdi>{current.detail}</bdi>
          </p>
        )}
      </div>
      <button type="button" className="btn" onClick={refreshAll}>
        Try now
      </button>
    </div>
  );
}
