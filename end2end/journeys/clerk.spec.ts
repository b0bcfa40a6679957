// From nothing to a service on the town page: one person drafts, another decides, and the secret is seen once.
import { randomBytes } from 'node:crypto';
import { expect, test } from '../fixtures/index.ts';
import type { Locator, Page } from '@playwright/test';

const TOWN = 'mino';

/** What a label names, with or without the word that says whether it is needed. */
const labelled = (page: Page, label: string): Locator => page.getByLabel(new RegExp(`^${label.replace(/[()]/g, '\\$&')}\\s*(※必須|任意)?$`));
/** A field to type into; an attribute to hand over may have the same label, but is a choice. */
const field = (page: Page, label: string): Locator => labelled(page, label).and(page.locator('input, textarea'));
const choice = (page: Page, label: string): Locator => labelled(page, label).and(page.getByRole('combobox'));

const fill = async (page: Page, values: Record<string, string>) => {
  for (const [label, value] of Object.entries(values)) await field(page, label).fill(value);
};

test('a clerk publishes a service from nothing', async ({ page, town, signInStaff, expectAccessible }) => {
  test.setTimeout(180_000);
  const mark = randomBytes(3).toString('hex');
  const rule = `成人の市民 ${mark}`;
  const receiver = `美濃まつり協会 ${mark}`;
  const text = `まつりの同意文 ${mark}`;
  const service = `まつりの予約 ${mark}`;
  const console = `/console/${TOWN}`;

  /** Saves the form that is filled in, hands it in with a reason, and returns the address of the decision. */
  const submit = async (reason: string) => {
    await expectAccessible(page);
    await page.getByRole('button', { name: '保存して決裁に出す' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('を決裁に出す');
    await field(page, '起案の理由').fill(reason);
    await expectAccessible(page);
    await page.getByRole('button', { name: '決裁に出す' }).click();
    await expect(page).toHaveURL(/\/decisions\/[0-9a-f-]+$/);
    await expect(page.getByText('決裁に出しました。ほかの人が承認すると公開されます。')).toBeVisible();
    // Who drafts does not decide.
    await expect(page.getByRole('button', { name: '承認する' })).toHaveCount(0);
    await expect(page.getByText('この起案を決裁できません')).toBeVisible();
    await expectAccessible(page);
    return page.url();
  };
  const approve = async (address: string) => {
    await page.goto(address);
    await expectAccessible(page);
    await page.getByRole('button', { name: '承認する' }).click();
    await expect(page.getByText('承認しました。公開されました。')).toBeVisible();
    await expectAccessible(page);
  };

  await test.step('a rule', async () => {
    await signInStaff(page, TOWN, 'drafter');
    await page.goto(`${console}/residency-rules`);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'ルールを追加する' }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'ルールを追加する' })).toBeVisible();
    await fill(page, { 名前: rule, '名前(英語)': `Grown-up residents ${mark}` });
    // Each condition can ask for an age of its own; this one is asked of everybody.
    await page.getByRole('group', { name: /^全員に求める年齢・学年/ }).getByLabel('年齢の下限').fill('18');
  });
  const ruleDecision = await submit('まつりの予約を大人だけが使えるようにするため');

  await test.step('a consent text', async () => {
    await page.goto(`${console}/consent-texts`);
    await expectAccessible(page);
    await page.getByRole('link', { name: '同意文を追加する' }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: '同意文を追加する' })).toBeVisible();
    await fill(page, {
      名前: text,
      '名前(英語)': `Festival consent ${mark}`,
      受け取る人: receiver,
      '受け取る人(英語)': `Mino Festival Association ${mark}`,
      受け取る人の連絡先: '電話 0575-00-0009',
      '受け取る人の連絡先(英語)': 'Phone 0575-00-0009',
      何のため: 'まつりの席を取っておくため',
      '何のため(英語)': 'To keep a seat for you at the festival',
      保存の期間: 'まつりが終わってから30日で消します',
      '保存の期間(英語)': 'Deleted 30 days after the festival',
    });
  });
  const textDecision = await submit('まつりの予約を始めるため');

  await test.step('approved by somebody else', async () => {
    await signInStaff(page, TOWN, 'approver');
    await page.goto(`${console}/decisions`);
    await expect(page.getByText(rule).first()).toBeVisible();
    await expectAccessible(page);
    await approve(ruleDecision);
    await approve(textDecision);
  });

  await test.step('the service', async () => {
    await signInStaff(page, TOWN, 'drafter');
    await page.goto(`${console}/relying-parties`);
    await expectAccessible(page);
    await page.getByRole('link', { name: '連携サービスを追加する' }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: '連携サービスを追加する' })).toBeVisible();
    await fill(page, {
      名前: service,
      '名前(英語)': `Festival booking ${mark}`,
      説明: 'まつりの席を予約できます',
      '説明(英語)': 'Book a seat at the festival',
      ベンダー: receiver,
      ベンダーの連絡先: '電話 0575-00-0009',
      サービスのページ: 'https://matsuri.example.jp/',
      リダイレクト先: 'https://matsuri.example.jp/callback',
    });
    await choice(page, '利用資格ルール').selectOption({ label: rule });
    await choice(page, '同意文').selectOption({ label: text });
  });
  const serviceDecision = await submit('協会の依頼により、予約サービスをつなぐため');
  await page.goto(`/t/${TOWN}`);
  await expect(page.getByText(service)).toHaveCount(0); // Nothing is public before the decision.
  await signInStaff(page, TOWN, 'approver');
  await approve(serviceDecision);

  await test.step('its secret, once', async () => {
    await signInStaff(page, TOWN, 'admin');
    await page.goto(`${console}/relying-parties`);
    await page.getByRole('link', { name: service }).click();
    await expectAccessible(page);
    await page.getByRole('link', { name: '新しく発行する' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: '新しく発行する' }).click();
    await expect(page.getByRole('heading', { level: 1, name: '秘密の文字列を発行しました' })).toBeVisible();
    const secret = await page.getByRole('region', { name: 'この文字列を控えてください' }).getByRole('code').innerText();
    expect(secret.length).toBeGreaterThanOrEqual(32);
    await expectAccessible(page);
    await page.getByRole('link', { name: '控えたので戻る' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(service);
    expect(await page.content()).not.toContain(secret);
  });

  await test.step('residents see the service', async () => {
    await page.goto(`/t/${TOWN}`);
    const link = page.getByRole('link', { name: new RegExp(service) });
    await expect(link).toHaveAttribute('href', 'https://matsuri.example.jp/');
    await expect(page.getByText(town(TOWN).name).first()).toBeVisible();
    await expectAccessible(page);
  });
});

test('what is wrong in a form is said beside the field, and nothing that was typed is lost', async ({ page, signInStaff, expectAccessible }) => {
  await signInStaff(page, TOWN, 'drafter');
  await page.goto(`/console/${TOWN}/relying-parties/new`);
  await fill(page, { 名前: '足りないサービス', 'クライアントID': '使えない字' });
  await page.getByRole('button', { name: '保存して決裁に出す' }).click();
  await expect(field(page, 'クライアントID')).toHaveAttribute('aria-invalid', 'true');
  await expect(field(page, '名前')).toHaveValue('足りないサービス');
  await expectAccessible(page);
});
