import { CircleAlertIcon, CircleCheckIcon, XIcon } from 'lucide-react';
import { useStore } from '../lib/store';
import { dismiss, toasts } from './toasts';

export function Toasts() {
  const shown = useStore(toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className="toast" data-tone={toast.tone}>
          {toast.tone === 'good' ? <CircleCheckIcon aria-hidden="true" /> : <CircleAlertIcon aria-hidden="true" />}
          <span>
            <bdi>{toast.text}</bdi>
          </span>
          <button type="button" className="btn icon quiet" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
            <XIcon aria-hidden="true" />
          </button>
        </div>
      ))}
    </div>
  );
}
