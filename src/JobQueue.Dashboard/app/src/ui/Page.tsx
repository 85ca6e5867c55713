import { useEffect, type ReactNode } from 'react';
import { config } from '../api/config';

interface Props {
  title: string;
  /** Beside the title: actions of the page. */
  actions?: ReactNode;
  lead?: ReactNode;
  children: ReactNode;
}

export function Page({ title, actions, lead, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${config.title}`;
  }, [title]);
  return (
    <>
      <div className="page-head">
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {lead}
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

/** A titled part of a page. */
export function Card({ title, aside, children, flush = false }: { title?: string; aside?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className={flush ? 'card flush' : 'card'}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}
