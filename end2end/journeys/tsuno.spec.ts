// One town-wide ID where the town decided so and the resident was told; elsewhere every service has a number of its own.
import { expect, test } from '../fixtures/index.ts';
import { JAPANESE, READERS, SHOWA, TSUNO, invent, pseudonym, readCard, signInAt, startSignIn, title } from '../fixtures/resident.ts';

test("都農町's two services know one ID, and 昭和村's services know others", { tag: '@phone' }, async ({ page, service, markers, expectAccessible }) => {
  const resident = { ...markers.resident, address: markers.resident.address.replace(SHOWA, TSUNO) };
  await startSignIn(page, service('tsuno', 'points'));
  await readCard(page, resident);
  await title(page, JAPANESE.mayWe);
  // Who else knows the number is said before it is handed over.
  await expect(page.getByRole('main')).toContainText('この番号は次のサービスで共通です');
  await expect(page.getByRole('main')).toContainText('電子申請');
  // The app is told the age group, and not the date of birth.
  await expect(page.getByRole('main')).toContainText('年代(例: 40代)');
  await expect(page.getByRole('main')).toContainText('生年月日は渡りません');
  await expectAccessible(page);
  await page.getByRole('button', { name: JAPANESE.accept }).click();
  await expect(page.getByTestId('goal')).toBeVisible();
  await page.getByLabel('きょう歩いた歩数').fill('12500');
  await page.getByRole('button', { name: '記録する' }).click();
  await expect(page.getByTestId('coins')).toHaveText('12枚');
  await expectAccessible(page);
  const townWide = await pseudonym(page);

  // Signed in already: no card, but a question of its own.
  await startSignIn(page, service('tsuno', 'application'));
  await title(page, JAPANESE.mayWe);
  await expectAccessible(page);
  await page.getByRole('button', { name: JAPANESE.accept }).click();
  await expect(page.getByTestId('sub')).toHaveText(townWide);
  await expect(page.getByTestId('coins')).toHaveText('12枚');
  await expect(page.getByTestId('same-id')).toBeVisible();
  await expectAccessible(page);

  // The same person after moving to 昭和村: nothing there says that it is the same.
  const moved = { ...resident, address: markers.resident.address };
  await signInAt(page, service('showa', 'library'), moved);
  const library = await pseudonym(page);
  await startSignIn(page, service('showa', 'application'));
  await readCard(page, moved);
  await page.getByRole('button', { name: JAPANESE.accept }).click();
  expect(new Set([townWide, library, await pseudonym(page)]).size).toBe(3);
  markers.expectNowhere();
});

test('who is too young for the coins may still apply', { tag: '@phone' }, async ({ page, service }) => {
  const child = { ...invent(TSUNO), birthdate: `${new Date().getFullYear() - 10}-04-17` };
  await startSignIn(page, service('tsuno', 'points'));
  await readCard(page, child);
  await expect(page.getByRole('main')).toContainText('決められた年齢になっていないためです。');
  await signInAt(page, service('tsuno', 'application'), child);
});

for (const { reader, words, javaScriptEnabled } of READERS) {
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test("昭和村's e-application gets name and address, once", { tag: '@phone' }, async ({ page, service, markers, expectAccessible }) => {
      const resident = markers.resident;
      await startSignIn(page, service('showa', 'application'));
      await readCard(page, resident, words);
      await title(page, words.mayWe);
      await expect(page.getByText(words.once)).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('button', { name: words.accept }).click();
      await expect(page.getByLabel('名前')).toHaveValue(resident.name);
      await expect(page.getByLabel('住所')).toHaveValue(resident.address);
      await expectAccessible(page);
      await page.getByRole('button', { name: '申し込む' }).click();
      await expect(page.getByTestId('receipt')).toBeVisible();
      // Neither the service nor the gateway kept it: the form is empty now.
      await page.goto(service('showa', 'application'));
      await expect(page.getByLabel('名前')).toHaveValue('');
      await expect(page.getByLabel('住所')).toHaveValue('');
      markers.expectNowhere();
    });
  });
}
