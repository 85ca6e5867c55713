import type { Row, Table } from '@tanstack/react-table';
import { useEffect, useRef } from 'react';

export function SelectAll<T>({ table }: { table: Table<T> }) {
  const box = useRef<HTMLInputElement>(null);
  const some = table.getIsSomeRowsSelected();
  useEffect(() => {
    if (box.current !== null) {
      box.current.indeterminate = some;
    }
  }, [some]);
  return <input ref={box} type="checkbox" aria-label="Select all on this page" checked={table.getIsAllRowsSelected()} onChange={table.getToggleAllRowsSelectedHandler()} />;
}

export function SelectRow<T>({ row }: { row: Row<T> }) {
  return <input type="checkbox" aria-label={`Select ${row.id}`} checked={row.getIsSelected()} onChange={row.getToggleSelectedHandler()} />;
}
