/** What the host has written into the served page. */
function meta(name: string, fallback: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="jobqueue-${name}"]`)?.content ?? fallback;
}

/** Where the page itself is: everything is relative to it, so any path prefix and any proxy will do. */
const pageBase = new URL(document.baseURI);

export const config = {
  title: meta('title', 'JobQueue'),
  readOnly: meta('read-only', 'false') === 'true',
  /** Ends without a slash. */
  api: new URL(meta('api', 'api'), pageBase).href.replace(/\/$/, ''),
  /** The router's base path; ends without a slash. */
  base: pageBase.pathname.replace(/\/$/, ''),
};
