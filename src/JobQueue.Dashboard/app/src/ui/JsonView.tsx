import { useState } from 'react';
import { formatBytes } from '../lib/format';
import { cut, exactNumber, formatJson } from '../lib/json';
import { CopyButton } from './CopyButton';
import { Download } from './Download';

/** Children a level shows at first, and more with each click. */
const childrenAtOnce = 100;

const textAtOnce = 2_000;

/** Levels that are open at first. */
const openLevels = 2;

/** Above this much text the tree starts closed. */
const largeBytes = 20_000;

/** JSON as a tree that folds. Nothing of it is ever markup, and however large it is, little is drawn at once. */
export function JsonView({ value, name }: { value: unknown; name: string }) {
  const text = formatJson(value);
  return (
    <div className="json">
      <div className="json-bar">
        <span className="small muted">{formatBytes(text.length)}</span>
        <CopyButton text={() => text} label={`Copy ${name}`} />
        {text.length > largeBytes && <Download text={text} fileName={`${name}.json`} />}
      </div>
      {/* Scrolls by keyboard too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="json-tree" tabIndex={0} role="group" aria-label={name}>
        <Node value={value} depth={text.length > largeBytes ? openLevels - 1 : 0} />
      </div>
    </div>
  );
}

function Node({ value, depth, label }: { value: unknown; depth: number; label?: string }) {
  const exact = exactNumber(value);
  if (exact === null && typeof value === 'object' && value !== null) {
    return <Branch value={value} depth={depth} {...(label === undefined ? {} : { label })} />;
  }
  return (
    <div className="json-line">
      {label !== undefined && <Key name={label} />}
      <Leaf value={exact === null ? value : { exact }} />
    </div>
  );
}

function Key({ name }: { name: string }) {
  return (
    <span className="json-key">
      <bdi>{cut(name, 200)}</bdi>:{' '}
    </span>
  );
}

function Leaf({ value }: { value: unknown }) {
  const [all, setAll] = useState(false);
  if (typeof value !== 'string') {
    const text = typeof value === 'object' && value !== null && 'exact' in value ? String(value.exact) : String(value);
    return <span className={value === null ? 'json-null' : typeof value === 'boolean' ? 'json-bool' : 'json-number'}>{text}</span>;
  }
  const shown = all ? value : cut(value, textAtOnce);
  return (
    <span className="json-text">
      &quot;<bdi>{shown}</bdi>&quot;
      {shown.length < value.length && (
        <button type="button" className="btn small" onClick={() => setAll(true)}>
          Show all {formatBytes(value.length)}
        </button>
      )}
    </span>
  );
}

function Branch({ value, depth, label }: { value: object; depth: number; label?: string }) {
  const isArray = Array.isArray(value);
  const entries: [string, unknown][] = isArray ? value.map((item, index) => [String(index), item as unknown]) : Object.entries(value);
  const [open, setOpen] = useState(depth < openLevels);
  const [most, setMost] = useState(childrenAtOnce);
  const size = isArray ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) {
    return (
      <div className="json-line">
        {label !== undefined && <Key name={label} />}
        <span className="json-null">{isArray ? '[]' : '{}'}</span>
      </div>
    );
  }
  return (
    <div className="json-branch">
      <button type="button" className="json-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span aria-hidden="true">{open ? '▾' : '▸'}</span> {label !== undefined && <Key name={label} />}
        <span className="muted">{size}</span>
      </button>
      {open && (
        <div className="json-children">
          {entries.slice(0, most).map(([name, child]) => (
            <Node key={name} label={name} value={child} depth={depth + 1} />
          ))}
          {entries.length > most && (
            <button type="button" className="btn small" onClick={() => setMost(most + childrenAtOnce)}>
              {entries.length - most} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}
