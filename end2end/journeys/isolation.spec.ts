// A clerk of one town learns nothing about another, not even that a page is there.
import { expect, test } from '../fixtures/index.ts';

const PAGES = ['', '/relying-parties', '/relying-parties/new', '/residency-rules', '/consent-texts', '/decisions', '/usage', '/usage.csv', '/staff', '/identity-providers', '/settings', '/town-page', '/audit'];

for (const role of ['admin', 'auditor'] as const) {
  test(`everything of another town is not there for ${role}`, { tag: '@smoke' }, async ({ page, signInStaff, expectAccessible }) => {
    // The address of something that exists, as a colleague of that town sees it.
    await signInStaff(page, 'seki', 'admin');
    await page.goto('/console/seki/relying-parties');
    const detail = await page.getByRole('main').getByRole('link', { name: '電子図書館' }).first().getAttribute('href');
    expect(detail).toMatch(/^\/console\/seki\/relying-parties\/[0-9a-f-]+$/);

    await signInStaff(page, 'showa', role);
    const nowhere = await page.request.get('/console/nowhere');
    expect(nowhere.status()).toBe(404);
    for (const path of [...PAGES.map((path) => `/console/seki${path}`), detail ?? '']) {
      expect((await page.request.get(path)).status(), path).toBe(404);
    }
    await page.goto('/console/seki');
    // Named by the address only: the page is the one of a town that does not exist.
    await expect(page.locator('body')).not.toContainText('関市');
    await expectAccessible(page);
    // Also with the own town in the address and the other town's thing behind it.
    expect((await page.request.get((detail ?? '').replace('seki', 'showa'))).status()).toBe(404);
  });
}
