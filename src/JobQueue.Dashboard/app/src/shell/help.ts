import { Store } from '../lib/store';

/** Whether the list of shortcuts is open. */
export const help = new Store(false);
