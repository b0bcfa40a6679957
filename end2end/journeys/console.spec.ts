// The pages of the console, in both languages and both widths: there, named, readable by machine, and no wider than the screen.
import { expect, test } from '../fixtures/index.ts';

const PAGES = ['', '/relying-parties', '/relying-parties/new', '/residency-rules', '/residency-rules/new', '/consent-texts', '/consent-texts/new', '/decisions', '/usage', '/staff', '/identity-providers', '/identity-providers/new?preset=xid', '/settings', '/town-page', '/audit'];

for (const [locale, lang] of [
  ['ja-JP', 'ja'],
  ['en-GB', 'en'],
] as const) {
  test.describe(lang, () => {
    test.use({ locale });

    for (const path of PAGES) {
      test(`the console's page ${path || '/'}`, { tag: '@phone' }, async ({ page, signInStaff, expectAccessible }) => {
        await signInStaff(page, 'tsuno', path.endsWith('/new') ? 'drafter' : path === '/audit' ? 'auditor' : 'admin');
        const answer = await page.goto(`/console/tsuno${path}`);
        expect(answer?.status()).toBe(200);
        await expect(page.locator('html')).toHaveAttribute('lang', lang);
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
        await expectAccessible(page);
      });
    }
  });
}
