import type { UseQueryResult } from '@tanstack/react-query';
import { CircleAlertIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** What a query answers; until then bars in its place, and its error when it has none. Older data stay while a newer answer fails. */
export function Loaded<T>({ query, children, rows = 4 }: { query: UseQueryResult<T>; children: (data: T) => ReactNode; rows?: number }) {
  if (query.data !== undefined) {
    return <>{children(query.data)}</>;
  }
  if (query.error !== null) {
    return (
      <div className="problem" role="alert">
        <CircleAlertIcon aria-hidden="true" />
        <p>
          <bdi>{query.error.message}</bdi>
        </p>
        <button type="button" className="btn" onClick={() => void query.refetch()}>
          Try again
        </button>
      </div>
    );
  }
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} />
      ))}
    </div>
  );
}
