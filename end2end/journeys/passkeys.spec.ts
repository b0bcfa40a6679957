// Passkeys with Chromium's own authenticator: offered after the first consent, used without the card, removed on the own page.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/index.ts';
import { JAPANESE, READERS, SHOWA, agree, invent, pseudonym, readCard, signInAt, startSignIn, title } from '../fixtures/resident.ts';

const TOWN = 'showa';

const WORDS = {
  ja: {
    offer: '次からは、カードなしで入れます',
    add: 'この端末を登録する',
    later: '登録しないで進む',
    choose: 'サインインのしかた',
    signIn: 'パスキーでサインインする',
    card: 'マイナンバーカードで進む',
    instead: 'パスキーを使う',
    without: /この画面ではパスキーを使えません/,
    name: 'パスキー1',
    another: '別の端末を足す',
    known: /もう登録されています/,
    remove: 'パスキー1を消す',
    removed: 'パスキーを消しました。',
    cardFirst: '足すときは、カードでサインインし直してください。',
    failed: /パスキーでサインインできませんでした/,
  },
  en: {
    offer: 'Next time, without the card',
    add: 'Add this device',
    later: 'Continue without',
    choose: 'How to sign in',
    signIn: 'Sign in with a passkey',
    card: 'Continue with My Number Card',
    instead: 'Use a passkey',
    without: /Passkeys do not work on this page/,
    name: 'Passkey 1',
    another: 'Add another device',
    known: /has been added already/,
    remove: 'Remove Passkey 1',
    removed: 'The passkey was removed.',
    cardFirst: 'To add one, sign in again with your card.',
    failed: /Signing in with a passkey did not work/,
  },
};

/** A device with a sensor that recognises its owner. */
async function device(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    recognises: (isUserVerified: boolean) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
}

/** The next morning: the sessions here and at the service are over, the browser is the same. */
const sleep = (page: Page) => page.context().clearCookies({ name: /^(?!.*passkey-)/ });

for (const { reader, words, javaScriptEnabled } of READERS.filter((reader) => reader.javaScriptEnabled)) {
  const said = WORDS[words.lang];
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test('the first time with the card, the second with a passkey', { tag: '@phone' }, async ({ page, service, expectAccessible }) => {
      const phone = await device(page);
      const resident = invent(SHOWA);
      await startSignIn(page, service(TOWN, 'library'));
      await readCard(page, resident, words);
      await agree(page, words);

      await title(page, said.offer);
      await expectAccessible(page);
      await page.getByRole('button', { name: said.add }).click();
      await expect(page.getByTestId('sub')).not.toBeEmpty();
      const before = await pseudonym(page);
      const [credential] = await phone.credentials();
      expect(credential?.isResidentCredential).toBe(true);
      expect(credential?.userName ?? '').not.toContain(resident.name);

      await sleep(page);
      await startSignIn(page, service(TOWN, 'library'));
      await title(page, said.choose);
      await expectAccessible(page);
      // A finger that is not the owner's opens nothing, and the page says what can be done.
      await phone.recognises(false);
      await page.getByRole('button', { name: said.signIn }).click();
      await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(said.failed);
      await expectAccessible(page);
      await phone.recognises(true);
      await page.getByRole('button', { name: said.signIn }).click();
      await expect(page.getByTestId('sub')).not.toBeEmpty();
      expect(await pseudonym(page)).toBe(before);

      // The own page: what is there, how to remove it, and that the card lets another one be added.
      await page.goto(`/t/${TOWN}/me`);
      await expect(page.getByText(said.name, { exact: true })).toBeVisible();
      await expect(page.getByText(said.cardFirst)).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('link', { name: said.remove }).click();
      await expectAccessible(page);
      await page.getByRole('button', { name: said.remove }).click();
      await expect(page.getByText(said.removed)).toBeVisible();

      // What the device still holds opens nothing any more.
      await sleep(page);
      await page.goto(`/t/${TOWN}`);
      await page.getByRole('button', { name: said.instead }).click();
      await page.getByRole('button', { name: said.signIn }).click();
      await expect(page.getByRole('alert').filter({ visible: true })).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('button', { name: said.card }).click();
      await readCard(page, resident, words);
      await expect(page).toHaveURL(new RegExp(`/t/${TOWN}/me$`));
    });

    test('whoever wants none goes on, and adds one later on the own page', async ({ page, service, expectAccessible }) => {
      const phone = await device(page);
      await startSignIn(page, service(TOWN, 'library'));
      await readCard(page, invent(SHOWA), words);
      await agree(page, words);
      await page.getByRole('button', { name: said.later }).click();
      await expect(page.getByTestId('sub')).not.toBeEmpty();
      expect(await phone.credentials()).toEqual([]);

      await page.goto(`/t/${TOWN}/me/passkeys`);
      await expectAccessible(page);
      await page.getByRole('button', { name: said.add }).click();
      await expect(page.getByText(said.name, { exact: true })).toBeVisible();
      expect(await phone.credentials()).toHaveLength(1);
      // A device that has one makes no second one.
      await page.getByRole('link', { name: said.another }).click();
      await page.getByRole('button', { name: said.add }).click();
      await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(said.known);
    });
  });
}

test('without JavaScript the page says so, and the card goes on', async ({ browser, service }) => {
  const context = await browser.newContext({ locale: 'ja-JP', javaScriptEnabled: false });
  const page = await context.newPage();
  const said = WORDS.ja;
  const resident = invent(SHOWA);
  // Nothing is offered that could not be had.
  await signInAt(page, service(TOWN, 'library'), resident);
  await sleep(page);
  await page.goto(`/t/${TOWN}`);
  await page.getByRole('button', { name: said.instead }).click();
  await title(page, said.choose);
  await expect(page.getByText(said.without)).toBeVisible();
  await expect(page.getByRole('button', { name: said.signIn })).toBeHidden();
  await page.getByRole('button', { name: said.card }).click();
  await readCard(page, resident, JAPANESE);
  await expect(page).toHaveURL(new RegExp(`/t/${TOWN}/me$`));
  await context.close();
});
