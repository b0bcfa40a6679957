// What the card cannot decide is decided at the desk: a code on a phone, two clerks at one screen, and a book on the same evening.
import { expect, test } from '../fixtures/index.ts';
import { currentCode, secondsLeft } from '../fixtures/one-time-code.mjs';
import { NOWHERE, READERS, SHOWA, agree, readCard, startSignIn, title } from '../fixtures/resident.ts';

const WORDS = {
  ja: { section: '窓口で確かめる', ask: '窓口コードを受け取る', done: '窓口で確認が済んだので進む', notYet: /まだ記録されていません/ },
  en: { section: 'Have it checked at the desk', ask: 'Get a desk code', done: 'I have been to the desk: continue', notYet: /Nothing has been recorded/ },
} as const;

for (const { reader, words, javaScriptEnabled } of READERS) {
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test('an address that nobody can place is cleared at the desk', { tag: '@phone' }, async ({ browser, page, town, service, signInStaff, markers, expectAccessible }) => {
      test.setTimeout(180_000);
      const here = WORDS[words.lang];
      const resident = { ...markers.resident, address: markers.resident.address.replace(SHOWA, NOWHERE) };
      await startSignIn(page, service('showa', 'library'));
      await readCard(page, resident, words);
      await title(page, words.undecidable(words.library));
      await expect(page.getByRole('heading', { name: here.section })).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('button', { name: here.ask }).click();
      const shown = page.getByText(/^(窓口コード|Desk code): ?[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      const code = ((await shown.textContent()) ?? '').slice(-9);
      await expectAccessible(page);
      await page.reload();
      await expect(shown).toContainText(code);
      await page.getByRole('button', { name: here.done }).click();
      await expect(page.getByRole('status')).toHaveText(here.notYet);
      await expectAccessible(page);

      const context = await browser.newContext({ locale: 'ja-JP', javaScriptEnabled });
      const desk = await context.newPage();
      await test.step('two clerks', async () => {
        await signInStaff(desk, 'showa', 'drafter');
        await desk.goto('/console/showa/desk');
        await expect(desk.getByRole('heading', { level: 1, name: '窓口' })).toBeVisible();
        await desk.getByRole('textbox', { name: /^窓口コード/ }).fill('ZZZZ ZZZZ');
        await desk.getByRole('button', { name: '確認を始める' }).click();
        await expect(desk.getByText(/この窓口コードは見つかりません/).first()).toBeVisible();
        await expectAccessible(desk);
        await desk.getByRole('textbox', { name: /^窓口コード/ }).fill(code.toLowerCase().replace('-', ' '));
        await desk.getByRole('button', { name: '確認を始める' }).click();
        await expect(desk.getByRole('heading', { level: 1, name: '窓口での確認' })).toBeVisible();
        await expect(desk.getByText('住所に合う市区町村または区が見つかりません。')).toBeVisible();
        await expectAccessible(desk);
        const second = town('showa').staff.find((person) => person.role === 'approver')!;
        const confirm = async (oneTimeCode: string) => {
          await desk.getByRole('textbox', { name: /^メールアドレス/ }).fill(second.mail);
          await desk.getByLabel(/^パスワード/).fill(second.password);
          await desk.getByRole('textbox', { name: /^確認コード/ }).fill(oneTimeCode);
          await desk.getByRole('button', { name: '二人で確認して、対象と記録する' }).click();
        };
        await confirm('000000');
        await expect(desk.getByText(/確認できませんでした/).first()).toBeVisible();
        await expectAccessible(desk);
        // A code that the approver used elsewhere a moment ago is used up.
        await desk.waitForTimeout((secondsLeft() + 1) * 1000);
        await confirm(currentCode(second.totp_secret));
        await expect(desk.getByRole('heading', { level: 1, name: '対象と記録しました' })).toBeVisible();
        await expect(desk.getByRole('code')).toHaveText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
        await expectAccessible(desk);
        // Whose session it is has not changed, and the code is used up.
        await desk.getByRole('link', { name: '次の窓口コードへ' }).click();
        await desk.getByRole('textbox', { name: /^窓口コード/ }).fill(code);
        await desk.getByRole('button', { name: '確認を始める' }).click();
        await expect(desk.getByText(/この窓口コードは見つかりません/).first()).toBeVisible();
      });
      await context.close();

      await page.getByRole('button', { name: here.done }).click();
      await agree(page, words);
      await expect(page.getByTestId('eligible')).toHaveText('あり');
      const book = page.getByRole('listitem').filter({ hasText: 'からむし織の一年' });
      await book.getByRole('button', { name: '『からむし織の一年』を借りる' }).click();
      await expect(book).toContainText('あなたが借りています');
      await book.getByRole('button', { name: '『からむし織の一年』を返す' }).click();
      markers.expectNowhere();
    });
  });
}
