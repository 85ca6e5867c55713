import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page of a running host, for `npm run dev`: its API is asked through this server.
const host = 'http://127.0.0.1:5080';

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
  server: { proxy: { '/jobs/api': host } },
});
