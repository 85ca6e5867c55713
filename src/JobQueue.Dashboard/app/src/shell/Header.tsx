import { ClockIcon, KeyboardIcon, MoonIcon, PauseIcon, PlayIcon, SunIcon } from 'lucide-react';
import { clock, following, shownTheme, switchClock, switchTheme } from '../lib/preferences';
import { useStore } from '../lib/store';
import { link, trouble } from '../live/stores';
import { help } from './help';
import { JobSearch } from './JobSearch';

export function Header() {
  const shownClock = useStore(clock);
  const theme = useStore(shownTheme);
  return (
    <header className="top">
      <JobSearch />
      <div className="top-tools">
        <LiveSign />
        <button type="button" className="btn quiet" onClick={switchClock} title="Switch between local time and UTC (u)">
          <ClockIcon aria-hidden="true" />
          <span>{shownClock === 'utc' ? 'UTC' : 'Local'}</span>
          <span className="hidden"> time; switch</span>
        </button>
        <button type="button" className="btn icon quiet" onClick={switchTheme} aria-label={theme === 'dark' ? 'Light theme' : 'Dark theme'} title="Light or dark (t)">
          {theme === 'dark' ? <SunIcon aria-hidden="true" /> : <MoonIcon aria-hidden="true" />}
        </button>
        <button type="button" className="btn icon quiet" onClick={() => help.set(true)} aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">
          <KeyboardIcon aria-hidden="true" />
        </button>
      </div>
    </header>
  );
}

/** Whether what is shown is the present, and a button that stops and goes on. */
function LiveSign() {
  const state = useStore(link);
  const follows = useStore(following);
  const broken = useStore(trouble);
  const [tone, word] = !follows
    ? ['paused', 'Paused']
    : broken !== null
      ? ['broken', 'No data']
      : state === 'live'
        ? ['live', 'Live']
        : state === 'polling'
          ? ['polling', 'Polling']
          : ['polling', 'Connecting'];
  const explanation =
    tone === 'polling' ? 'There is no live connection now: the page asks every few seconds.' : follows ? 'Stop following changes (l)' : 'Follow changes again (l)';
  return (
    <button type="button" className="live" data-tone={tone} title={explanation} onClick={() => following.set(!follows)}>
      <span className="dot" aria-hidden="true" />
      <span role="status">{word}</span>
      {follows ? <PauseIcon aria-hidden="true" /> : <PlayIcon aria-hidden="true" />}
      <span className="hidden">{explanation}</span>
    </button>
  );
}
