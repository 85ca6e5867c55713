import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { App } from './App';
import { config } from './api/config';
import { applyTheme } from './lib/preferences';
import { startLive } from './live/connection';
import { queryClient } from './live/queryClient';
import './styles/base.css';
import './styles/shell.css';
import './styles/controls.css';
import './styles/data.css';
import './styles/pages.css';

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
