// A rule is proved before it counts: saved cases, one that fails, a submission that is refused, a rule that is mended and
// published by a colleague; many addresses at once; JSON from town to town.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '../fixtures/index.ts';
import type { Page } from '@playwright/test';

const TOWN = 'seki';
const CODE = '212059';
const RULES = `/console/${TOWN}/residency-rules`;

const rule = (years: number) =>
  JSON.stringify({
    version: 1,
    condition: { kind: 'all', conditions: [{ kind: 'own_municipality' }, { kind: 'age_at_least', years }] },
    term: { kind: 'months', months: 12 },
    acceptance: { weakest_source: 'card_surface', greatest_age_months: 1 },
  }, null, 2);

/** No page of these is wider than the screen. */
const noWider = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);

/** Imports a rule under a name of its own; ends on its page. */
const importRule = async (page: Page, name: string, json: string) => {
  await page.goto(`${RULES}/import`);
  await page.locator('[name=name_ja]').fill(name);
  await page.locator('[name=name_en]').fill(name);
  await page.locator('[name=json]').fill(json);
  await page.getByRole('button', { name: '取り込んで下書きにする' }).click();
  await expect(page.getByText('下書きにしました。')).toBeVisible();
  return new URL(page.url()).pathname;
};

const addCase = async (page: Page, path: string, age: string, outcome: string) => {
  await page.goto(`${path}/cases?municipality=${CODE}`);
  await page.locator('[name=age]').fill(age);
  await page.locator('[name=birthday]').selectOption('second_of_april');
  await page.getByRole('radio', { name: outcome, exact: true }).check();
  await page.getByRole('button', { name: '足す', exact: true }).click();
  await expect(page.getByText('ケースを足しました。')).toBeVisible();
};

/** The whole of it; `check` looks at each page on the way. */
const proveAndPublish = async (page: Page, signInStaff: (page: Page, slug: string, role: 'drafter' | 'approver') => Promise<void>, check: () => Promise<void>) => {
  const name = `証明するルール ${randomBytes(3).toString('hex')}`;
  await signInStaff(page, TOWN, 'drafter');
  await page.goto(RULES);
  await page.getByRole('link', { name: 'JSONからルールを作る' }).click();
  await check();
  const path = await importRule(page, name, rule(7));
  await page.getByRole('link', { name: '試すケース', exact: true }).click();
  await expect(page.getByText('まだ試すケースがありません')).toBeVisible();
  await check();
  await addCase(page, path, '30', '対象');
  await addCase(page, path, '6', '対象');
  await addCase(page, path, '5', '対象外');
  await expect(page.getByText('3件のケースのうち1件で違う判定になります')).toBeVisible();
  await expect(page.getByRole('row', { name: /6歳\(4月2日生まれ\)/ })).toContainText('違います');
  await check();

  await page.goto(`${path}?do=submit`);
  await expect(page.getByText('試すケースのうち1件で、違う判定になります')).toBeVisible();
  await page.getByLabel('起案の理由').fill('小さな子も使えるようにするため');
  await page.getByRole('button', { name: '決裁に出す' }).click();
  await expect(page.getByText('ルールを直すか、ケースが正しくなければ消して足しなおしてください。')).toBeVisible();
  await expect(page.getByLabel('起案の理由')).toHaveValue('小さな子も使えるようにするため');
  await check();

  // Mended in the builder, the very same cases pass.
  await page.goto(`${path}/edit`);
  await page.locator('[name="everyone.age_at_least"]').fill('6');
  await page.getByRole('button', { name: '保存して決裁に出す' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('を決裁に出す');
  await expect(page.getByText('違う判定になります')).toHaveCount(0);
  await page.getByLabel('起案の理由').fill('小さな子も使えるようにするため');
  await page.getByRole('button', { name: '決裁に出す' }).click();
  await expect(page).toHaveURL(/\/decisions\/[0-9a-f-]+$/);
  await expect(page.getByText('試すケースはすべて思ったとおりです')).toBeVisible();
  const decision = page.url();
  await signInStaff(page, TOWN, 'approver');
  await page.goto(decision);
  await page.getByRole('button', { name: '承認する' }).click();
  await expect(page.getByText('承認しました。公開されました。')).toBeVisible();
  await page.goto(`${path}/cases`);
  await expect(page.getByText('3件のケースすべてに合っています')).toBeVisible();
  await expect(page.getByRole('button', { name: '足す', exact: true })).toHaveCount(0);
  await check();
  return path;
};

test('saved cases prove a rule before a colleague publishes it', { tag: '@phone' }, async ({ page, signInStaff, expectAccessible }) => {
  test.setTimeout(240_000);
  const check = async () => {
    await expectAccessible(page);
    await noWider(page);
  };
  const path = await proveAndPublish(page, signInStaff, check);

  await test.step('many addresses at once, with progress and a file', async () => {
    // Until the island is awake the form is sent in one go.
    await page.goto(`${path}/mass-trial`, { waitUntil: 'networkidle' });
    await check();
    const lines = Array.from({ length: 5_000 }, (_, index) => `岐阜県関市若草通${index + 1}番地\t2000-04-02`);
    lines[10] = '東京都千代田区千代田1\t2000-04-02';
    const file = { name: 'addresses.txt', mimeType: 'text/plain', buffer: Buffer.from(lines.join('\n')) };
    await page.locator('[name=file]').setInputFiles(file);
    await page.getByRole('button', { name: '判定して数える' }).click();
    await expect(page.getByText('終わりました。')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('row', { name: /ルールの条件を満たします/ })).toContainText('4999');
    await check();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSVを保存する' }).click();
    const csv = readFileSync(await (await download).path(), 'utf8').trim().split('\r\n');
    expect(csv).toHaveLength(5_001);
    expect(csv[0]).toBe('line,outcome,reason,clause,municipality_code,level');
    expect(csv[11]).toBe('11,not_eligible,lives_elsewhere,,131016,town');
    expect(csv[5_000]).toMatch(/^5000,eligible,meets,/);
    expect(csv.join()).not.toContain('若草');
  });

  await test.step('the next version, compared with the one in use', async () => {
    await signInStaff(page, TOWN, 'drafter');
    await page.goto(`${path}/import`);
    await page.locator('[name=json]').fill(rule(6).replace('"own_municipality"', '"everybody"'));
    await page.getByRole('button', { name: '取り込んで下書きにする' }).click();
    await expect(page.getByText(/行目、\/condition\/conditions\/0\/kind/)).toBeVisible();
    await check();
    const wider = rule(6).replace('"kind": "own_municipality"', '"kind": "lives_in", "areas": [{ "kind": "municipality", "code": "212059" }, { "kind": "municipality", "code": "212075" }]');
    await page.locator('[name=json]').fill(wider);
    await page.getByRole('button', { name: '取り込んで下書きにする' }).click();
    await expect(page.getByText('下書きにしました。')).toBeVisible();
    await page.getByRole('link', { name: '版の比較' }).click();
    await expect(page.getByText(/の町域が新しく対象になり、対象から外れる町域はありません。/)).toBeVisible();
    await page.locator('summary', { hasText: '対象になる町域' }).first().click();
    await expect(page.getByText('美濃市(岐阜県)')).toBeVisible();
    await check();
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a rule is proved and tried with plain forms', async ({ page, signInStaff }) => {
    test.setTimeout(120_000);
    const path = await proveAndPublish(page, signInStaff, async () => {});
    await page.goto(`${path}/mass-trial`);
    await page.locator('[name=lines]').fill('岐阜県関市若草通1番地\t2000-04-02\n東京都千代田区千代田1\t2000-04-02');
    await page.getByRole('button', { name: '判定して数える' }).click();
    await expect(page.getByRole('row', { name: /住所がルールの市区町村の外です/ })).toContainText('1');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: '答えをCSVで受け取る' }).click();
    expect(readFileSync(await (await download).path(), 'utf8')).toContain('2,not_eligible,lives_elsewhere,,131016,town');
  });
});
