import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/http';
import { trouble } from './stores';

/** Only these concern the whole page; a 404 or a 422 is shown where it arises. */
const wide = new Set([0, 401, 403, 429, 502, 503, 504]);

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onSuccess: () => trouble.set(null),
    onError: (error) => {
      if (error instanceof ApiError && wide.has(error.status)) {
        trouble.set({ status: error.status, detail: error.message });
      }
    },
  }),
  defaultOptions: {
    queries: {
      // Reading again is the live link's and the interval's work.
      retry: false,
      staleTime: 1_000,
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
