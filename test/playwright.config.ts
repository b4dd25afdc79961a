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
      testMatch: ['e2e/**/*.spec.ts', 'security/**/*.spec.ts'],
      // One at a time: the tests share a display and so its clipboard and focus.
      workers: 1,
    },
    // Without windows, each page on its own: beside the app's tests and beside each other.
    { name: 'screens', testMatch: 'visual/**/*.spec.ts', fullyParallel: true },
  ],
});
