import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { App } from './App';
import { config } from './api/config';
import { applyTheme } from './lib/preferences';
import { startLive } from './live/connection';
import { queryClient } from './live/queryClient';
// In this order: what stands later counts more.
import './styles/base.css';
import './styles/nav.css';
import './styles/shell.css';
import './styles/controls.css';
import './styles/dialog.css';
import './styles/cards.css';
import './styles/tables.css';
import './styles/marks.css';
import './styles/overview.css';
import './styles/jobs.css';
import './styles/job.css';
import './styles/dead-letters.css';
import './styles/recurring.css';
import './styles/workers.css';

applyTheme();
startLive();

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Router base={config.base}>
          <App />
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  );
}
