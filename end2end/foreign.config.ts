// Clients that others wrote, against the release build, which `scripts/test foreign` has started with a fresh demo.
import { defineConfig } from '@playwright/test';
import journeys from './playwright.config.ts';

export default defineConfig({
  ...journeys,
  testDir: 'foreign',
  // Each has a client, a browser and a resident of its own.
  fullyParallel: true,
  workers: 2,
  timeout: 30_000,
  projects: [{ name: 'foreign' }],
});
