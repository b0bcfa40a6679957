// 在勤: staff hand out codes, and somebody who lives in the next town is let in by one, borrows a book and sees until when.
import { expect, test } from '../fixtures/index.ts';
import { JAPANESE, READERS, agree, fillCard, invent, readCard, startSignIn, title } from '../fixtures/resident.ts';

const TOWN = 'goka';
const NEXT_TOWN = '茨城県古河市';

/** What a commuter reads, in the languages of resident pages. */
const WORDS = {
  ja: {
    section: '在勤・在学の方',
    code: '確認コード(英字と数字の16文字)',
    send: 'コードを確かめて進む',
    refused: /このコードは使えません/,
    tie: '在勤',
    until: /^\d{4}年3月末まで$/,
  },
  en: {
    section: 'If you work or study in Goka Town',
    code: 'Code (16 letters and digits)',
    send: 'Check the code and continue',
    refused: /This code cannot be used/,
    tie: 'Work',
    until: /^Until the end of March \d{4}$/,
  },
};

for (const { reader, words, javaScriptEnabled } of READERS) {
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test('a commuter borrows a book with a code, and the code works once', { tag: '@phone' }, async ({ page, browser, service, signInStaff, expectAccessible }) => {
      const said = WORDS[words.lang];
      const desk = await browser.newContext({ locale: 'ja-JP' });
      const clerk = await desk.newPage();
      await signInStaff(clerk, TOWN, 'drafter');
      await clerk.goto(`/console/${TOWN}/attestations/new`);
      await clerk.getByRole('radio', { name: '在勤' }).check();
      await clerk.getByLabel('件数').fill('2');
      await clerk.getByRole('button', { name: 'コードを発行する' }).click();
      const [code = ''] = await clerk.locator('.slip__code').allInnerTexts();
      await desk.close();

      await startSignIn(page, service(TOWN, 'library'));
      const commuter = invent(NEXT_TOWN);
      await fillCard(page, commuter, words);
      await page.getByRole('button', { name: words.card.read }).click();
      await title(page, words.notEligible(words.library));
      await expect(page.getByRole('heading', { name: said.section })).toBeVisible();
      await expectAccessible(page);

      // What cannot be used is said beside the field, and what was typed is not shown again.
      await page.getByLabel(said.code).fill('0000-0000-0000-0000');
      await page.getByRole('button', { name: said.send }).click();
      await expect(page.getByRole('alert')).toHaveText(said.refused);
      await expect(page.getByLabel(said.code)).toHaveValue('');
      await expectAccessible(page);

      await page.getByLabel(said.code).fill(` ${code.toLowerCase().replaceAll('-', ' ')} `);
      await page.getByRole('button', { name: said.send }).click();
      expect(page.url()).not.toContain(code);
      await agree(page, words);
      await expect(page.getByTestId('eligible')).toHaveText('あり');
      const book = page.getByRole('listitem').filter({ hasText: 'からむし織の一年' });
      await book.getByRole('button', { name: '『からむし織の一年』を借りる' }).click();
      await expect(book).toContainText('あなたが借りています');
      await book.getByRole('button', { name: '『からむし織の一年』を返す' }).click();

      await page.goto(`/t/${TOWN}/me`);
      await expect(page.getByText(said.tie, { exact: true })).toBeVisible();
      await expect(page.getByText(said.until).first()).toBeVisible();
      await expect(page.locator('body')).not.toContainText(commuter.name);
      await expectAccessible(page);

      // The next one with the same code is refused as if it had never been.
      const other = await browser.newContext({ locale: 'ja-JP' });
      const late = await other.newPage();
      await startSignIn(late, service(TOWN, 'library'));
      await readCard(late, invent(NEXT_TOWN), JAPANESE);
      await late.getByLabel(WORDS.ja.code).fill(code);
      await late.getByRole('button', { name: WORDS.ja.send }).click();
      await expect(late.getByRole('alert')).toHaveText(WORDS.ja.refused);
      await other.close();
    });
  });
}
