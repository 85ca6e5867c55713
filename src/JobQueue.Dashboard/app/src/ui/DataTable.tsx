import {
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type OnChangeFn,
  type RowData,
  type RowSelectionState,
  type SortingState,
} from '@tanstack/react-table';
import { ArrowDownIcon, ArrowUpIcon } from 'lucide-react';
import { Fragment, useState, type ReactNode } from 'react';
import { SelectAll, SelectRow } from './Selection';

declare module '@tanstack/react-table' {
  // The names of the type's parameters are the library's.
  interface ColumnMeta<TData extends RowData, TValue> {
    /** Right-aligned. */
    isNumber?: boolean;
    /** Left out where there is little room: 1 first, 3 last. */
    drop?: 1 | 2 | 3;
    /** Only for the types above. */
    of?: [TData, TValue];
  }
}

interface Props<T> {
  label: string;
  columns: ColumnDef<T>[];
  rows: T[];
  rowId: (row: T) => string;
  /** Columns can be sorted by their heads; left out where the server decides the order. */
  sort?: SortingState;
  selection?: { chosen: RowSelectionState; onChange: OnChangeFn<RowSelectionState> };
  /** What a row shows beneath it while it is open. */
  details?: (row: T) => ReactNode;
}

export function DataTable<T>({ label, columns, rows, rowId, sort, selection, details }: Props<T>) {
  const [sorting, setSorting] = useState<SortingState>(sort ?? []);
  // The table of this library holds functions of its own that must not be memoised; nothing here is compiled that way.
  // eslint-disable-next-line react-hooks/incompatible-library
  const table = useReactTable({
    data: rows,
    columns,
    state: { sorting, rowSelection: selection?.chosen ?? {} },
    getRowId: rowId,
    enableSorting: sort !== undefined,
    enableSortingRemoval: false,
    onSortingChange: setSorting,
    ...(selection === undefined ? {} : { onRowSelectionChange: selection.onChange }),
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  return (
    <div className="table-wrap">
      <table aria-label={label} className="stacks">
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {selection !== undefined && (
                <th className="select">
                  <SelectAll table={table} />
                </th>
              )}
              {group.headers.map((header) => {
                const { meta } = header.column.columnDef;
                const sorted = header.column.getIsSorted();
                const content = flexRender(header.column.columnDef.header, header.getContext());
                return (
                  <th
                    key={header.id}
                    scope="col"
                    data-number={meta?.isNumber}
                    data-drop={meta?.drop}
                    aria-sort={sorted === false ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
                  >
                    {header.column.getCanSort() ? (
                      <button type="button" className="sort" onClick={header.column.getToggleSortingHandler()}>
                        {content}
                        {sorted === 'asc' && <ArrowUpIcon aria-hidden="true" />}
                        {sorted === 'desc' && <ArrowDownIcon aria-hidden="true" />}
                      </button>
                    ) : (
                      content
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => {
            const open = details?.(row.original);
            return (
              <Fragment key={row.id}>
                <tr data-row={row.id} data-chosen={row.getIsSelected() || undefined}>
                  {selection !== undefined && (
                    <td className="select">
                      <SelectRow row={row} />
                    </td>
                  )}
                  {row.getVisibleCells().map((cell) => (
                    <td
                      key={cell.id}
                      data-number={cell.column.columnDef.meta?.isNumber}
                      data-drop={cell.column.columnDef.meta?.drop}
                      data-label={cell.column.columnDef.meta?.isNumber === true ? String(cell.column.columnDef.header) : undefined}
                    >
                      {flexRender(cell.column.columnDef.cell, cell.getContext())}
                    </td>
                  ))}
                </tr>
                {open !== undefined && open !== null && (
                  <tr className="detail-row">
                    <td colSpan={columns.length + (selection === undefined ? 0 : 1)}>{open}</td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
