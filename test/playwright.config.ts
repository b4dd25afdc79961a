import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: '../out/test/playwright',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: 'list',
  projects: [
    {
      name: 'app',
      // Globs match whole paths: without `test/`, a checkout in a folder named e2e would run everything here.
      testMatch: ['**/test/e2e/**/*.spec.ts', '**/test/security/**/*.spec.ts'],
      // One at a time: the tests share a display and so its clipboard and focus.
      workers: 1,
    },
    // Without windows, each page on its own: beside the app's tests and beside each other.
    { name: 'screens', testMatch: '**/test/visual/**/*.spec.ts', fullyParallel: true },
  ],
});
