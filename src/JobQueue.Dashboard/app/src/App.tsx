import { SearchXIcon } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { BulkDialog } from './actions/BulkDialog';
import { DeadLettersPage } from './pages/dead-letters/DeadLettersPage';
import { HandlersPage } from './pages/handlers/HandlersPage';
import { JobPage } from './pages/job/JobPage';
import { JobsPage } from './pages/jobs/JobsPage';
import { QueuesPage } from './pages/queues/QueuesPage';
import { RecurringPage } from './pages/recurring/RecurringPage';
import { WorkersPage } from './pages/workers/WorkersPage';
import { Header } from './shell/Header';
import { HelpDialog } from './shell/HelpDialog';
import { Nav } from './shell/Nav';
import { Shortcuts } from './shell/Shortcuts';
import { TroubleBanner } from './shell/TroubleBanner';
import { ConfirmDialog } from './ui/ConfirmDialog';
import { Empty } from './ui/Empty';
import { Page } from './ui/Page';
import { Toasts } from './ui/Toasts';

// The only page with charts: the others don't wait for them.
const OverviewPage = lazy(() => import('./pages/overview/OverviewPage').then((module) => ({ default: module.OverviewPage })));

export function App() {
  const [location] = useLocation();
  useEffect(() => {
    // A new page begins at its top, and a screen reader at its heading.
    window.scrollTo(0, 0);
  }, [location]);
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={skipToMain}>
        Skip to content
      </a>
      <Nav />
      <Header />
      <main id="main" tabIndex={-1}>
        <TroubleBanner />
        <Suspense fallback={<div className="skeleton" />}>
          <Switch>
            <Route path="/" component={OverviewPage} />
            <Route path="/jobs" component={JobsPage} />
            <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
            <Route path="/dead-letters" component={DeadLettersPage} />
            <Route path="/recurring" component={RecurringPage} />
            <Route path="/queues" component={QueuesPage} />
            <Route path="/workers" component={WorkersPage} />
            <Route path="/handlers" component={HandlersPage} />
            <Route>
              <Page title="Not found">
                <Empty icon={SearchXIcon} title="There is no such page">
                  The address may have been cut. All pages are in the navigation.
                </Empty>
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </main>
      <Toasts />
      <BulkDialog />
      <ConfirmDialog />
      <HelpDialog />
      <Shortcuts />
    </div>
  );
}

/** The page has a <base>: an address with only a fragment would leave it. */
function skipToMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
