import { defineConfig } from 'playwright/test';
import { CHROMIUM } from './e2e/support/chromium/chromium.ts';

/** The browser suite: real Chromium against real servers, each test with a server of its own. */
export default defineConfig({
  testDir: 'e2e/browser',
  outputDir: 'test-results/browser',
  fullyParallel: true,
  workers: 2,
  retries: 1,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['line'], ['json', { outputFile: 'test-results/browser.json' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    locale: 'en-GB',
    reducedMotion: 'reduce',
    screenshot: 'only-on-failure',
    launchOptions: CHROMIUM,
  },
});
