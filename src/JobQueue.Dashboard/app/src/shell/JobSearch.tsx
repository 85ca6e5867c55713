import { SearchIcon } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { targetOf } from './search';

/** Goes to a job by its id, in whatever form it was copied; anything else is looked for as a handler. */
export function JobSearch() {
  const [text, setText] = useState('');
  const [, go] = useLocation();
  const search = (event: React.SubmitEvent) => {
    event.preventDefault();
    const wanted = text.trim();
    if (wanted !== '') {
      go(targetOf(wanted));
      setText('');
    }
  };
  return (
    <form className="search" role="search" onSubmit={search}>
      <SearchIcon aria-hidden="true" />
      <input
        id="job-search"
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Job id or handler"
        aria-label="Go to a job by its id, or to the jobs of a handler"
        autoComplete="off"
        spellCheck={false}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}
