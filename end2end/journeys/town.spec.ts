// The town's own page: what there is, one button, and plain words about what is kept.
import { expect, test } from '../fixtures/index.ts';
import type { Request } from '@playwright/test';
import { READERS, readCard, title } from '../fixtures/resident.ts';

for (const { reader, words, javaScriptEnabled } of READERS) {
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test('a resident makes a town ID without any service', { tag: '@phone' }, async ({ page, town, markers, expectAccessible }) => {
      await page.goto(town('showa').issuer);
      await expect(page.getByRole('link', { name: new RegExp(words.library) })).toBeVisible();
      await page.getByRole('button', { name: words.signIn }).click();
      await readCard(page, markers.resident, words);
      await title(page, words.townTitle);
      await expectAccessible(page);
      await page.getByRole('button', { name: words.accept }).click();
      await title(page, words.myPage);
      await expectAccessible(page);
      markers.expectNowhere();
    });

    test('the town says what is kept, how it works, and for whom', { tag: '@phone' }, async ({ page, town, expectAccessible }) => {
      await page.goto(town('showa').issuer);
      await expectAccessible(page);
      for (const name of words.information) {
        await page.getByRole('contentinfo').getByRole('link', { name }).click();
        await title(page, name);
        await expectAccessible(page);
      }
      // The same page in the other language, and back.
      const lang = words.lang === 'ja' ? 'en' : 'ja';
      await page.getByRole('link', { name: words.otherLanguage }).click();
      await expect(page.locator('html')).toHaveAttribute('lang', lang);
    });
  });
}

test('a page for residents is light: no script, and at most 30 KB of it', async ({ page, town }) => {
  const requests: Request[] = [];
  page.on('requestfinished', (request) => requests.push(request));
  await page.goto(town('showa').issuer, { waitUntil: 'networkidle' });
  await expect(page.locator('script')).toHaveCount(0);
  const sizes = await Promise.all(requests.map((request) => request.sizes()));
  const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(30_000);
});
