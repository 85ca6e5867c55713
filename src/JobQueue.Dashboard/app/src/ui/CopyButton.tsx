import { CheckIcon, CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { say } from './toasts';

/** Copies a text; where the browser refuses (no secure context) the old way is tried. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    // The only way of a page that is served over plain HTTP.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

export function CopyButton({ text, label, wide = false }: { text: () => string; label: string; wide?: boolean }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    const timer = done ? setTimeout(() => setDone(false), 1_500) : undefined;
    return () => clearTimeout(timer);
  }, [done]);
  const run = async () => {
    if (await copy(text())) {
      setDone(true);
      say('good', wide ? `${label}: copied.` : 'Copied.');
    } else {
      say('bad', 'The browser does not let this page copy.');
    }
  };
  const Icon = done ? CheckIcon : CopyIcon;
  return (
    <button type="button" className={wide ? 'btn' : 'btn icon'} aria-label={label} title={label} onClick={run}>
      <Icon aria-hidden="true" />
      {wide && label}
    </button>
  );
}
