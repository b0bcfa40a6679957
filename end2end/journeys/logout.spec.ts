// Leaving: at the service, at the town, and what the one tells the other.
import { expect, test } from '../fixtures/index.ts';
import { READERS, invent, signInAt, title } from '../fixtures/resident.ts';

for (const { reader, words, javaScriptEnabled } of READERS) {
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test('a service signs a resident out of the town', { tag: '@phone' }, async ({ page, town, service }) => {
      const library = service('showa', 'library');
      await signInAt(page, library, invent(), words);
      await page.getByRole('link', { name: '昭和村の共通IDからもサインアウトする' }).click();
      // Back at the service, and nobody is known at either place.
      await expect(page).toHaveURL(library);
      await expect(page.getByTestId('sub')).toHaveCount(0);
      await page.goto(`${town('showa').issuer}/me/sign-out`);
      await title(page, words.signedOut);
    });

    test('without a word who asks, the resident is asked', { tag: '@phone' }, async ({ page, town, service, expectAccessible }) => {
      await signInAt(page, service('showa', 'library'), invent(), words);
      await page.goto(`${town('showa').issuer}/logout`);
      await expect(page.locator('#logout-confirm')).toBeVisible();
      await expectAccessible(page);
      await page.locator('#logout-refuse').click();
      await title(page, words.myPage);
      await page.goto(`${town('showa').issuer}/logout`);
      await page.locator('#logout-confirm').click();
      await title(page, words.signedOut);
    });

    test('nobody is sent to an address that the service did not register', async ({ page, town }) => {
      const { issuer } = town('showa');
      const answer = await page.goto(`${issuer}/logout?post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F`);
      expect(answer?.status()).toBe(400);
      await expect(page.locator('#error-code')).toHaveText('unknown_client');
      await expect(page).toHaveURL(new RegExp(`^${issuer}/logout`));
    });
  });
}

test('services are told that the resident signed out of the town', { tag: '@smoke' }, async ({ page, town, service }) => {
  const words = READERS[0].words;
  const library = service('showa', 'library');
  await signInAt(page, library, invent(), words);
  await page.goto(`${town('showa').issuer}/me`);
  await page.getByRole('button', { name: words.signOut }).click();
  await title(page, words.signedOut);
  await expect(async () => {
    await page.goto(library);
    await expect(page.getByTestId('sub')).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 15_000 });
});
