// Journeys in a real browser against the release build, which `scripts/test` has started with a fresh demo.
import { defineConfig } from '@playwright/test';

// Debian's browser: a download of the runner's own is not needed and often not possible. Its background services look for
// hosts on the internet at every start, which a closed network answers with refusals by the hundred.
const launchOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
};

// Projects run in their order, and after this journey nobody is signed in any more.
const LAST = /counts\.spec/;

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  // One after the other: the journeys share five towns, and a clerk's one-time code works once.
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.BASE_URL ?? 'http://localhost:3000',
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions,
  },
  projects: [
    { name: 'desktop', testIgnore: LAST, use: { viewport: { width: 1440, height: 900 } } },
    // The same journeys again would find little: those tagged @phone are the ones that a phone sees differently.
    { name: 'phone', grep: /@phone/, use: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 3 } },
    { name: 'weeks later', testMatch: LAST },
  ],
});
