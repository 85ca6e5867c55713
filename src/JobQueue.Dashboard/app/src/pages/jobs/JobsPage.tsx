import type { RowSelectionState } from '@tanstack/react-table';
import { InboxIcon } from 'lucide-react';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { config } from '../../api/config';
import { readJobs } from '../../api/jobs';
import { plural } from '../../lib/format';
import { useLiveQuery } from '../../live/useLiveQuery';
import { DataTable } from '../../ui/DataTable';
import { Empty } from '../../ui/Empty';
import { Loaded } from '../../ui/Loading';
import { Card, Page } from '../../ui/Page';
import { BulkBar } from './BulkBar';
import { columnsFor } from './columns';
import { emptyText } from './empty';
import { FilterBar } from './FilterBar';
import { filterOf, isFiltered, readQuery, writeQuery, type JobsQuery } from './filter';
import { StateTabs } from './StateTabs';

const pageSize = 50;

export function JobsPage() {
  const search = useSearch();
  const [, go] = useLocation();
  const query = readQuery(search);
  const [chosen, setChosen] = useState<RowSelectionState>({});
  const filter = filterOf(query);
  const jobs = useLiveQuery(['jobs', filter, query.cursor], (signal) => readJobs(filter, pageSize, query.cursor, signal));

  /** Another list begins at its first page, with nothing selected. */
  const change = (part: Partial<JobsQuery>) => {
    setChosen({});
    go(writeQuery({ ...query, ...part, cursor: undefined, page: 1 }));
  };
  const ids = Object.keys(chosen).filter((id) => chosen[id]);
  return (
    <Page title="Jobs">
      <StateTabs current={query.state} onChange={(state) => change({ state })} />
      <FilterBar query={query} onChange={change} />
      {!config.readOnly && <BulkBar state={query.state} filter={filter} isFiltered={isFiltered(query)} ids={ids} onClear={() => setChosen({})} />}
      <Card flush>
        <Loaded query={jobs} rows={10}>
          {(page) => (
            <>
              {page.jobs.length === 0 ? (
                <Empty icon={InboxIcon} title={isFiltered(query) || query.page > 1 ? 'No job matches' : emptyText(query.state).title}>
                  {page.incomplete
                    ? 'None among the records that one request may read. Go on to look further back.'
                    : isFiltered(query) || query.page > 1
                      ? 'None in this state has what the filter asks for.'
                      : emptyText(query.state).text}
                </Empty>
              ) : (
                <DataTable
                  label="Jobs"
                  columns={columnsFor(query.state)}
                  rows={page.jobs}
                  rowId={(job) => job.job_id}
                  {...(config.readOnly ? {} : { selection: { chosen, onChange: setChosen } })}
                />
              )}
              <nav className="pager" aria-label="Pages of the list">
                <span className="muted small">
                  Page {query.page}
                  {page.jobs.length > 0 && `, ${plural(page.jobs.length, 'job')}`}
                  {page.incomplete && ': 5,000 records were read, and there are more'}
                </span>
                {query.page > 1 && (
                  <>
                    <button type="button" className="btn" onClick={() => go(writeQuery({ ...query, cursor: undefined, page: 1 }))}>
                      First
                    </button>
                    <button type="button" className="btn" onClick={() => history.back()}>
                      Back
                    </button>
                  </>
                )}
                <button
                  type="button"
                  className="btn"
                  disabled={page.nextCursor === null}
                  onClick={() => go(writeQuery({ ...query, cursor: page.nextCursor ?? undefined, page: query.page + 1 }))}
                >
                  {page.incomplete ? 'Search on' : 'Next'}
                </button>
              </nav>
            </>
          )}
        </Loaded>
      </Card>
    </Page>
  );
}
