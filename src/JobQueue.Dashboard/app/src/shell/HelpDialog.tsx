import { shortcuts } from '../lib/preferences';
import { useStore } from '../lib/store';
import { Dialog } from '../ui/Dialog';
import { help } from './help';
import { pages } from './pages';

const keys: readonly [string, string][] = [
  ['?', 'This list'],
  ['/', 'Go to a job by its id'],
  ['j', 'Next row of a list'],
  ['k', 'Row before'],
  ['Enter', 'Open the row'],
  ['x', 'Select the row'],
  ['r', 'Read again what is shown'],
  ['l', 'Stop following changes, or go on'],
  ['t', 'Light or dark'],
  ['u', 'Local time or UTC'],
  ['Esc', 'Close a dialog'],
];

export function HelpDialog() {
  const open = useStore(help);
  const on = useStore(shortcuts);
  if (!open) {
    return null;
  }
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => help.set(false)}>
      <dl className="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
        {pages.map((page) => (
          <div key={page.path}>
            <dt>
              <kbd>g</kbd> <kbd>{page.key}</kbd>
            </dt>
            <dd>{page.name}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input type="checkbox" checked={on === 'on'} onChange={(event) => shortcuts.set(event.target.checked ? 'on' : 'off')} />
        Single keys are shortcuts
      </label>
    </Dialog>
  );
}
