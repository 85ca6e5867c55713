import { Store } from '../lib/store';

export interface Toast {
  id: number;
  tone: 'good' | 'bad';
  text: string;
}

export const toasts = new Store<readonly Toast[]>([]);

let lastId = 0;

export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

/** A short word on what was done; an error stays longer. */
export function say(tone: Toast['tone'], text: string): void {
  const id = ++lastId;
  toasts.set([...toasts.get().slice(-3), { id, tone, text }]);
  setTimeout(() => dismiss(id), tone === 'good' ? 5_000 : 15_000);
}
