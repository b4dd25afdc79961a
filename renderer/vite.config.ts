import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Holds the first paint back until the script has run, so that the window never shows an empty or wrongly lit page. */
const paintAfterScript: Plugin = {
  name: 'paint-after-script',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), paintAfterScript],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome130',
    sourcemap: false,
    rolldownOptions: {
      input: {
        index: `${import.meta.dirname}/index.html`,
        approval: `${import.meta.dirname}/approval.html`,
        early: `${import.meta.dirname}/early.ts`,
      },
      // Main knows these by name: see app-protocol.ts.
      output: { entryFileNames: '[name].js' },
    },
    // The content security policy knows neither inline scripts nor data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
