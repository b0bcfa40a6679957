// A card was renewed, and its provider does not say whose it was: the number in the drawer, two clerks, and the books that were lent.
import { expect, test } from '../fixtures/index.ts';
import { currentCode, secondsLeft } from '../fixtures/one-time-code.mjs';
import { READERS, agree, fillCard, pseudonym, signInAt, startSignIn, title } from '../fixtures/resident.ts';

const WORDS = {
  ja: { card: /新しくしたカード/, link: 'カードを新しくするときの手続き', title: 'カードを新しくするとき', made: '引き継ぎ番号ができました', asked: '窓口コード', anew: '引き継ぎ番号を作り直す', taken: /新しいカードでのサインインを、同じ人として/ },
  en: { card: /A renewed card/, link: 'What to do when the card is renewed', title: 'When your card is renewed', made: 'Your recovery number', asked: 'Your desk code', anew: 'Make another recovery number', taken: /your sign-in with a renewed card was taken over/ },
} as const;

for (const { reader, words, javaScriptEnabled } of READERS) {
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test('the former town ID comes back at the desk', { tag: '@phone' }, async ({ browser, page, town, service, signInStaff, markers, expectAccessible }) => {
      test.setTimeout(180_000);
      const here = WORDS[words.lang];
      const library = service('showa', 'library');
      const own = `${town('showa').issuer}/me`;
      await signInAt(page, library, markers.resident, words);
      const former = await pseudonym(page);

      const number = await test.step('before the card is renewed', async () => {
        await page.goto(own);
        await page.getByRole('link', { name: here.link }).click();
        await title(page, here.title);
        await expectAccessible(page);
        await page.locator('#recovery-number').click();
        await title(page, here.made);
        await expectAccessible(page);
        const shown = page.getByText(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
        const text = ((await shown.textContent()) ?? '').slice(-19);
        await page.goto(own);
        await page.getByRole('link', { name: here.link }).click();
        await expect(page.getByRole('button', { name: here.anew })).toBeVisible();
        await expect(page.locator('body')).not.toContainText(text);
        return text;
      });

      const device = await browser.newContext({ locale: words.locale, javaScriptEnabled });
      const renewed = await device.newPage();
      const readRenewedCard = async () => {
        await startSignIn(renewed, library);
        await fillCard(renewed, markers.resident, words);
        await renewed.getByRole('checkbox', { name: here.card }).check();
        await renewed.getByRole('button', { name: words.card.read }).click();
      };
      const code = await test.step('with the new card, as somebody else', async () => {
        await readRenewedCard();
        await agree(renewed, words);
        await expect(renewed.getByTestId('sub')).not.toBeEmpty();
        expect(await pseudonym(renewed)).not.toBe(former);
        await renewed.goto(`${own}/renewed-card`);
        await renewed.locator('#relink-code').click();
        await title(renewed, here.asked);
        await expectAccessible(renewed);
        const shown = renewed.getByText(/[0-9A-Z]{4}-[0-9A-Z]{4}$/);
        return ((await shown.textContent()) ?? '').slice(-9);
      });

      const staff = await browser.newContext({ locale: 'ja-JP', javaScriptEnabled });
      const desk = await staff.newPage();
      await test.step('two clerks', async () => {
        await signInStaff(desk, 'showa', 'drafter');
        await desk.goto('/console/showa/desk');
        await desk.getByRole('textbox', { name: /^窓口コード/ }).fill(code.toLowerCase().replace('-', ' '));
        await desk.getByRole('button', { name: '確認を始める' }).click();
        await expect(desk.getByRole('heading', { level: 1, name: 'カードの引き継ぎ' })).toBeVisible();
        await expectAccessible(desk);
        const second = town('showa').staff.find((person) => person.role === 'approver')!;
        const confirm = async (typed: string, oneTimeCode: string) => {
          await desk.getByRole('textbox', { name: /^引き継ぎ番号/ }).fill(typed);
          await desk.getByRole('textbox', { name: /^メールアドレス/ }).fill(second.mail);
          await desk.getByLabel(/^パスワード/).fill(second.password);
          await desk.getByRole('textbox', { name: /^確認コード/ }).fill(oneTimeCode);
          await desk.getByRole('button', { name: '二人で確認して、引き継ぐ' }).click();
        };
        await desk.getByRole('radio', { name: /電子証明書の期限/ }).check();
        await confirm('0000 0000 0000 0000', '000000');
        await expect(desk.getByText(/この引き継ぎ番号は見つかりません/).first()).toBeVisible();
        await expect(desk.getByRole('radio', { name: /電子証明書の期限/ })).toBeChecked();
        await expectAccessible(desk);
        // A code that the approver used elsewhere a moment ago is used up.
        await desk.waitForTimeout((secondsLeft() + 1) * 1000);
        await confirm(number, currentCode(second.totp_secret));
        await expect(desk.getByRole('heading', { level: 1, name: '引き継ぎました' })).toBeVisible();
        await expect(desk.getByRole('code')).toHaveText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
        await expectAccessible(desk);
      });
      await staff.close();

      await test.step('the books of the former card, with the new one', async () => {
        await page.goto(own);
        await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(words.myPage);
        await device.clearCookies();
        await readRenewedCard();
        await expect(renewed.getByTestId('sub')).toHaveText(former);
        await renewed.goto(own);
        await expect(renewed.getByText(here.taken)).toBeVisible();
        await expectAccessible(renewed);
      });
      await device.close();
      markers.expectNowhere();
    });
  });
}
