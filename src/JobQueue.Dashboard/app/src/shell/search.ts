/** Where a text leads that was typed into the search: to a job by its id, in whatever form it was copied, else to the jobs of a handler. */
export function targetOf(wanted: string): string {
  const id = wanted.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(id) ? `/jobs/${id}` : `/jobs?handler=${encodeURIComponent(wanted)}`;
}
