import { ActivityIcon, BoxesIcon, CalendarClockIcon, CpuIcon, LayersIcon, ListIcon, SkullIcon, type LucideIcon } from 'lucide-react';
import type { Counts } from '../api/types';

export interface PageLink {
  path: string;
  name: string;
  /** Where there is little room. */
  short?: string;
  icon: LucideIcon;
  /** After `g`, the key that goes there. */
  key: string;
  /** The number beside the name. */
  badge?: (counts: Counts) => number;
  tone?: 'bad';
}

export const pages: readonly PageLink[] = [
  { path: '/', name: 'Overview', icon: ActivityIcon, key: 'o' },
  { path: '/jobs', name: 'Jobs', icon: ListIcon, key: 'j', badge: (counts) => counts.pending + counts.scheduled + counts.running + counts.retrying },
  { path: '/dead-letters', name: 'Dead letters', short: 'Dead', icon: SkullIcon, key: 'd', badge: (counts) => counts.failed, tone: 'bad' },
  { path: '/recurring', name: 'Recurring', icon: CalendarClockIcon, key: 'r' },
  { path: '/queues', name: 'Queues', icon: LayersIcon, key: 'q' },
  { path: '/workers', name: 'Workers', icon: CpuIcon, key: 'w', badge: (counts) => counts.live_workers },
  { path: '/handlers', name: 'Handlers', icon: BoxesIcon, key: 'h' },
];
