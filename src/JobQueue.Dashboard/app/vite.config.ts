import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A dashboard of a running host, for `npm run dev`: its API is asked through this server.
const dashboard = 'http://127.0.0.1:5080/jobs';

export default defineConfig({
  plugins: [react()],
  // Relative: the page works under any path, and the server writes the <base>.
  base: './',
  build: {
    outDir: '../wwwroot',
    emptyOutDir: true,
    target: 'es2023',
    // One style sheet and no inlined files: the Content-Security-Policy knows only 'self'.
    assetsInlineLimit: 0,
    // What the libraries in the page are licensed under goes where the page goes.
    license: { fileName: 'licenses.md' },
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { entryFileNames: 'assets/[name]-[hash].js', chunkFileNames: 'assets/[name]-[hash].js' } },
  },
  server: { proxy: { '/api': { target: new URL(dashboard).origin, rewrite: (path) => new URL(dashboard).pathname + path } } },
});
