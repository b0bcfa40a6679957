// The house stands: the server answers, staff find their sign-in in both languages, and a machine can read every page.
import { expect, test } from '../fixtures/index.ts';

test('the server says that it lives and is ready', { tag: '@smoke' }, async ({ request }) => {
  expect((await request.get('/healthz')).status()).toBe(200);
  expect((await request.get('/readyz')).status()).toBe(200);
});

for (const [locale, heading, language] of [
  ['ja-JP', '職員サインイン', 'ja'],
  ['en-GB', /staff sign-in/i, 'en'],
] as const) {
  test.describe(locale, () => {
    test.use({ locale });

    test('staff find their sign-in', { tag: ['@smoke', '@phone'] }, async ({ page, expectAccessible }) => {
      await page.goto('/account/sign-in');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expectAccessible(page);
    });
  });
}

test('the console asks for a sign-in first', { tag: '@smoke' }, async ({ page }) => {
  await page.goto('/console/showa');
  await expect(page).toHaveURL(/\/account\/sign-in/);
});

test('an administrator of a town reaches its console', { tag: ['@smoke', '@phone'] }, async ({ page, town, signInStaff, expectAccessible }) => {
  await signInStaff(page, 'showa', 'admin');
  await expect(page.getByText(town('showa').name).first()).toBeVisible();
  await expectAccessible(page);
});

test('the sample services start', { tag: ['@smoke', '@phone'] }, async ({ page, service, expectAccessible }) => {
  for (const address of [service('showa', 'library'), service('tsuno', 'points'), service('tsuno', 'application'), service('showa', 'application')]) {
    await page.goto(address);
    await expect(page.getByRole('link', { name: /共通IDでサインインする/ })).toBeVisible();
    await expectAccessible(page);
  }
});
