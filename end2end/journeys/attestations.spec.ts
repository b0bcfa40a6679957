// 在勤・在学 from the staff's side: codes are made and seen once, revoked, and all ties of a kind are changed at once.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '../fixtures/index.ts';
import type { Page } from '@playwright/test';

const TOWN = 'goka';
const LIST = `/console/${TOWN}/attestations`;
const CODE = /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/;

const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);

/** Fills in the form of a new batch. */
const fillBatch = async (page: Page, name: string, count: string) => {
  await page.goto(`${LIST}/new`);
  await page.getByRole('radio', { name: '在学' }).check();
  await page.getByLabel('学校・勤め先の名前').fill(name);
  await page.getByLabel('件数').fill(count);
};

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('a clerk makes codes, prints them once and revokes them', { tag: '@phone' }, async ({ page, signInStaff, expectAccessible }) => {
      const school = `五霞高等学校 ${randomBytes(3).toString('hex')}`;
      await signInStaff(page, TOWN, 'drafter');
      await page.goto(LIST);
      await expect(page.getByRole('heading', { level: 1, name: '在勤・在学' })).toBeVisible();
      await expectAccessible(page);
      await fits(page);

      // What is wrong stands beside its field, and what was typed stays.
      await fillBatch(page, school, '4');
      await page.getByRole('button', { name: 'コードを発行する' }).click();
      await expect(page.getByText('5件より少ないコードには名前を付けられません').first()).toBeVisible();
      await expect(page.getByLabel('学校・勤め先の名前')).toHaveValue(school);
      await expectAccessible(page);
      await page.getByLabel('件数').fill('12');
      await page.getByRole('button', { name: 'コードを発行する' }).click();

      await expect(page.getByRole('heading', { level: 1, name: 'コードを発行しました' })).toBeVisible();
      const codes = await page.locator('.slip__code').allInnerTexts();
      expect(codes).toHaveLength(12);
      expect(new Set(codes).size).toBe(12);
      for (const code of codes) expect(code).toMatch(CODE);
      await expect(page.locator('.slip').first()).toContainText(`/t/${TOWN}`);
      await expect(page.locator('.slip').first()).not.toContainText(school);
      await expectAccessible(page);
      await fits(page);

      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSVで保存する' }).click()]);
      expect(download.suggestedFilename()).toMatch(/^codes-goka-\d{4}-\d\d-\d\d\.csv$/);
      const lines = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n');
      expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(codes);

      // On paper there are slips and nothing else.
      await page.emulateMedia({ media: 'print' });
      await expect(page.getByText('閉じると二度と見られません')).toBeHidden();
      await expect(page.getByRole('heading', { level: 1 })).toBeHidden();
      await expect(page.locator('.slip').last()).toBeVisible();
      await page.emulateMedia({ media: null });

      // Never again: the batch is there, its codes are not.
      await page.getByRole('link', { name: '一覧に戻る' }).click();
      await page.goto(`${LIST}?q=${encodeURIComponent(school)}&kind=school&state=open`);
      await page.getByRole('link', { name: school }).click();
      const shown = await page.locator('main').innerText();
      for (const code of codes) expect(shown).not.toContain(code);
      expect(shown).toContain('12件');
      expect(shown).toContain('非表示');
      await expectAccessible(page);
      await fits(page);

      await page.getByRole('link', { name: 'コードを追加する' }).click();
      await page.getByLabel('件数').fill('3');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'コードを追加する' }).click();
      await expect(page.locator('.slip__code')).toHaveCount(3);

      await page.goto(`${LIST}?q=${encodeURIComponent(school)}`);
      await page.getByRole('link', { name: school }).click();
      await page.getByRole('link', { name: '取り消す' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toContainText(school);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'コードを取り消す' }).click();
      await expect(page.getByText(`「${school}」のコードを取り消しました。`)).toBeVisible();
      await expect(page.getByRole('link', { name: 'コードを追加する' })).toHaveCount(0);
    });
  });
}

test('the desk hands out one code', { tag: '@phone' }, async ({ page, signInStaff, expectAccessible }) => {
  await signInStaff(page, TOWN, 'admin');
  await page.goto(LIST);
  await page.getByRole('link', { name: '窓口用に1つ発行する' }).click();
  await expectAccessible(page);
  await fits(page);
  await page.getByRole('button', { name: '1つ発行する' }).click();
  await expect(page.locator('.slip__code')).toHaveCount(1);
  expect(await page.locator('.slip__code').innerText()).toMatch(CODE);
  await expectAccessible(page);
});

test('all ties of a kind are extended and ended after a last word', { tag: '@phone' }, async ({ page, signInStaff, expectAccessible }) => {
  await signInStaff(page, TOWN, 'approver');
  await page.goto(LIST);
  await page.getByRole('link', { name: 'まとめて延長する' }).click();
  await page.getByRole('button', { name: '人数を確かめる' }).click();
  await expect(page.locator('.field__error').first()).toBeVisible();
  await page.getByRole('radio', { name: 'その他のつながり' }).check();
  await expectAccessible(page);
  await fits(page);
  await page.getByRole('button', { name: '人数を確かめる' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('「その他のつながり」を');
  await expect(page.getByText('対象は少人数か、一人もいません。')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: '延長する' }).click();
  await expect(page.getByText(/「その他のつながり」の承認を.+まで延長しました。/)).toBeVisible();

  await page.getByRole('link', { name: 'まとめて終了する' }).click();
  await page.getByRole('radio', { name: 'その他のつながり' }).check();
  await page.getByLabel('いつ終わらせますか').selectOption('now');
  await page.getByRole('button', { name: '人数を確かめる' }).click();
  await expect(page.getByText('元に戻せません。')).toBeVisible();
  await expectAccessible(page);
  await fits(page);
  await page.getByRole('button', { name: 'すべて終わらせる' }).click();
  await expect(page.getByText('「その他のつながり」の承認を終わらせました。')).toBeVisible();

  await signInStaff(page, TOWN, 'auditor');
  await page.goto(`/console/${TOWN}/audit`);
  await expect(page.getByText('をまとめて終了しました').first()).toBeVisible();
  await page.goto(LIST);
  await expect(page.getByRole('link', { name: 'まとめて終了する' })).toHaveCount(0);
  await expectAccessible(page);
});
