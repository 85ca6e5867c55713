import { Link, useLocation } from 'wouter';
import { config } from '../api/config';
import { formatShort } from '../lib/format';
import { useStore } from '../lib/store';
import { counts } from '../live/stores';
import { pages } from './pages';

/** Beside the page; at the foot of a phone. */
export function Nav() {
  const [location] = useLocation();
  const current = useStore(counts);
  return (
    <nav className="nav" aria-label="Pages">
      <Link href="/" className="brand">
        <img src="icon.svg" alt="" width="22" height="22" />
        <bdi>{config.title}</bdi>
      </Link>
      <ul>
        {pages.map(({ path, name, short, icon: Icon, badge, tone }) => {
          const here = path === '/' ? location === '/' : location.startsWith(path);
          const count = current === null ? 0 : (badge?.(current) ?? 0);
          return (
            <li key={path}>
              <Link href={path} className="nav-link" aria-current={here ? 'page' : undefined}>
                <Icon aria-hidden="true" />
                <span className="nav-name" data-short={short}>
                  {name}
                </span>
                {count > 0 && (
                  <span className="nav-count" data-tone={tone}>
                    {formatShort(count)}
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
      {config.readOnly && <p className="read-only">Read-only</p>}
    </nav>
  );
}
