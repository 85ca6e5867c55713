import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { following } from '../lib/preferences';
import { useStore } from '../lib/store';
import { link, trouble } from './stores';

const pollMs = 3_000;
const backstopMs = 15_000;

interface Options {
  /** Reads this often also while the page is live, for what no event tells. */
  everyMs?: number;
  enabled?: boolean;
}

/** A query that follows changes: by events while the page is live, by asking every few seconds while it is not. */
export function useLiveQuery<T>(key: readonly unknown[], read: (signal: AbortSignal) => Promise<T>, options: Options = {}): UseQueryResult<T> {
  const state = useStore(link);
  const follows = useStore(following);
  const broken = useStore(trouble) !== null;
  // While reading fails it is tried again soon, so that the banner goes when its reason has gone.
  const interval = broken ? Math.min(pollMs, options.everyMs ?? pollMs) : (options.everyMs ?? (state === 'live' ? backstopMs : pollMs));
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => read(signal),
    refetchInterval: follows ? interval : false,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  });
}
