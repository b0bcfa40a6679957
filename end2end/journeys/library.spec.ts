// A village library without a counter: who lives in the village borrows a book at once, everybody else gets a plain answer,
// and nothing that says who they are stays anywhere.
import { expect, test } from '../fixtures/index.ts';
import { JAPANESE, READERS, NOWHERE, SHOWA_IN_GUNMA, fillCard, invent, readCard, signInAt, startSignIn, title } from '../fixtures/resident.ts';

for (const { reader, words, javaScriptEnabled } of READERS) {
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test('a resident borrows a book and returns it', { tag: ['@smoke', '@phone'] }, async ({ page, service, markers, expectAccessible }) => {
      const resident = markers.resident;
      await startSignIn(page, service('showa', 'library'));
      await fillCard(page, resident, words);
      await expectAccessible(page);
      await page.getByRole('button', { name: words.card.read }).click();

      await title(page, words.mayWe);
      await expect(page.locator('html')).toHaveAttribute('lang', words.lang);
      await expect(page.getByText(words.once)).toHaveCount(0); // No attributes go to a library.
      await expect(page.locator('body')).not.toContainText(resident.name);
      await expectAccessible(page);
      await page.getByRole('button', { name: words.accept }).click();

      await expect(page.getByTestId('eligible')).toHaveText('あり');
      await expect(page.locator('body')).not.toContainText(resident.name);
      await expectAccessible(page);
      const book = page.getByRole('listitem').filter({ hasText: 'からむし織の一年' });
      await book.getByRole('button', { name: '『からむし織の一年』を借りる' }).click();
      await expect(book).toContainText('あなたが借りています');
      await book.getByRole('button', { name: '『からむし織の一年』を返す' }).click();
      await expect(book).not.toContainText('あなたが借りています');
      markers.expectNowhere();
    });

    test('a resident of the namesake in another prefecture is refused politely', { tag: '@phone' }, async ({ page, service, expectAccessible }) => {
      await startSignIn(page, service('showa', 'library'));
      await readCard(page, invent(SHOWA_IN_GUNMA), words);
      await title(page, words.notEligible(words.library));
      await expect(page.getByRole('heading', { name: words.ask })).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('button', { name: words.backTo(words.library) }).click();
      await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'not_eligible');
      await expectAccessible(page);
    });

    for (const [what, place] of [
      ['that nobody can place', NOWHERE],
      ['without its prefecture and county', '昭和村'],
    ] as const) {
      test(`an address ${what} cannot be decided`, { tag: '@phone' }, async ({ page, service, expectAccessible }) => {
        await startSignIn(page, service('showa', 'library'));
        await readCard(page, invent(place), words);
        await title(page, words.undecidable(words.library));
        await expectAccessible(page);
        await page.getByRole('button', { name: words.backTo(words.library) }).click();
        await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'undecidable');
      });
    }

    test('who does not agree gets back, and is asked again the next time', { tag: '@phone' }, async ({ page, service, expectAccessible }) => {
      const resident = invent();
      await startSignIn(page, service('showa', 'library'));
      await readCard(page, resident, words);
      await title(page, words.mayWe);
      await page.getByRole('button', { name: words.refuse }).click();
      await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'consent_refused');
      await expectAccessible(page);
      await page.getByRole('link', { name: 'もう一度サインインする' }).click();
      await readCard(page, resident, words);
      await title(page, words.mayWe);
    });

    test('who gives up at the card gets back', { tag: '@phone' }, async ({ page, service, expectAccessible }) => {
      await startSignIn(page, service('showa', 'library'));
      await page.getByRole('button', { name: words.card.cancel }).click();
      await title(page, words.unread);
      await expectAccessible(page);
      await page.getByRole('button', { name: words.backTo(words.library) }).click();
      await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'cancelled');
    });
  });
}

test('a returning reader needs neither the card nor the question again', { tag: '@phone' }, async ({ page, service }) => {
  await signInAt(page, service('showa', 'library'), invent());
  const before = await page.getByTestId('sub').textContent();
  await page.getByRole('button', { name: 'サインアウトする' }).click();
  await page.getByRole('link', { name: /共通IDでサインインする/ }).click();
  await expect(page.getByTestId('sub')).toHaveText(before ?? '');
});

test('on a shared device the card is needed again, and the reader is the same', { tag: '@phone' }, async ({ page, service }) => {
  const resident = invent();
  await startSignIn(page, service('showa', 'library'));
  await readCard(page, resident);
  await page.getByRole('checkbox', { name: /ほかの人も使う機械です/ }).check();
  await page.getByRole('button', { name: JAPANESE.accept }).click();
  const before = await page.getByTestId('sub').textContent();
  await page.getByRole('button', { name: 'サインアウトする' }).click();
  await startSignIn(page, service('showa', 'library'));
  await readCard(page, resident);
  await expect(page.getByTestId('sub')).toHaveText(before ?? '');
});
