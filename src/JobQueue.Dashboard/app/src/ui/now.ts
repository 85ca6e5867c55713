import { Store, useStore } from '../lib/store';

/** One clock for all relative times of the page. */
const now = new Store(Date.now());
setInterval(() => {
  if (!document.hidden) {
    now.set(Date.now());
  }
}, 1_000);

export const useNow = (): number => useStore(now);
