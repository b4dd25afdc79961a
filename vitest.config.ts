import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Real servers and real registry clients take their time on two cores; a hung test still ends.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // One for each core: left alone, Vitest keeps a core back, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      // Their files share a process and what it has loaded: that halves their time. The window's tests share a
      // document as well, which each file must find empty.
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        plugins: [react()],
        test: {
          name: 'component',
          include: ['test/component/**/*.test.tsx', 'test/component/**/*.test.ts'],
          environment: 'jsdom',
          setupFiles: ['test/component/setup.ts'],
        },
      },
    ],
  },
});
