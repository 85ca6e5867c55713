import { useState } from 'react';
import { formatBytes } from '../lib/format';
import { cut } from '../lib/json';
import { Download } from './Download';

/** A text of a job, isolated: right-to-left and control characters in it turn nothing around it. */
export function Bidi({ children }: { children: string }) {
  return <bdi>{children}</bdi>;
}

interface Props {
  text: string;
  /** How much is shown before "show all". */
  most?: number;
  fileName: string;
}

/** Above this a browser would stall over it; the rest is for the download. */
const longest = 500_000;

/** A long text such as a stack trace: its beginning, all of it on demand, and a download. */
export function LongText({ text, most = 6_000, fileName }: Props) {
  const [all, setAll] = useState(false);
  const shown = cut(text, all ? longest : most);
  return (
    <div className="long-text">
      {/* Scrolls by keyboard too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="code" tabIndex={0} aria-label={fileName}>
        <bdi>{shown}</bdi>
        {shown.length < text.length && '…'}
      </pre>
      {text.length > most && (
        <p className="row small">
          <span className="muted">
            {formatBytes(shown.length)} of {formatBytes(text.length)} shown
          </span>
          {!all && (
            <button type="button" className="btn small" onClick={() => setAll(true)}>
              Show all
            </button>
          )}
          <Download text={text} fileName={fileName} />
        </p>
      )}
    </div>
  );
}
