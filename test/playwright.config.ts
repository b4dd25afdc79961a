import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: '../out/test/playwright',
  // More than cores: the app's tests wait more than they work.
  workers: 3,
  // Guards against a hang, no measure of speed: a machine that does much else at once takes many times as long.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: 'list',
  projects: [
    {
      name: 'app',
      // Globs match whole paths: without `test/`, a checkout in a folder named e2e would run everything here.
      testMatch: ['**/test/e2e/**/*.spec.ts', '**/test/security/**/*.spec.ts'],
      // Each worker has a display of its own on Linux; elsewhere they would share a clipboard and the focus.
      workers: process.platform === 'linux' ? 3 : 1,
    },
    // Without windows, each page on its own: beside the app's tests and beside each other.
    { name: 'screens', testMatch: '**/test/visual/**/*.spec.ts', fullyParallel: true },
  ],
});
