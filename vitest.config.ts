import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** The clock that they stop belongs to a document, and does not go on in the next one. */
const withTheirOwnClock = ['test/component/approvals.test.tsx', 'test/component/opened-app.test.tsx'];

const component = {
  extends: true,
  plugins: [react()],
  test: { environment: 'jsdom', setupFiles: ['test/component/setup.ts'] },
} as const;

export default defineConfig({
  test: {
    // Real servers and real registry clients take their time on two cores; a hung test still ends.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // One for each core: left alone, Vitest keeps a core back, which is half of a small machine.
    maxWorkers: '100%',
    // Files share a process and what it has loaded: that halves their time.
    isolate: false,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/{unit,soak}/**/*.test.ts'] } },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      {
        ...component,
        test: {
          ...component.test,
          name: 'component',
          include: ['test/component/**/*.test.ts?(x)'],
          exclude: withTheirOwnClock,
        },
      },
      {
        ...component,
        test: { ...component.test, name: 'component-clock', include: withTheirOwnClock, isolate: true },
      },
    ],
  },
});
