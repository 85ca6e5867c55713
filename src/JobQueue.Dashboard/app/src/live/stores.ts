import type { Counts } from '../api/types';
import { Store } from '../lib/store';
import type { LivePoint } from './series';

/** How changes reach the page now. */
export type Link = 'connecting' | 'live' | 'polling';

export interface Trouble {
  /** HTTP status; 0 when nothing answers. */
  status: number;
  detail: string;
}

export const link = new Store<Link>('connecting');
export const counts = new Store<Counts | null>(null);
export const livePoints = new Store<readonly LivePoint[]>([]);

/** Why reading fails now; null while it works. */
export const trouble = new Store<Trouble | null>(null);
