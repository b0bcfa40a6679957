// Yes is not for ever: the resident sees what was agreed to and ends it; the service is told in that moment, and forgets.
import { SignJWT, generateKeyPair } from 'jose';
import { expect, test } from '../fixtures/index.ts';
import { JAPANESE, READERS, agree, invent, readCard, signInAt, startSignIn, title } from '../fixtures/resident.ts';

for (const { reader, words, javaScriptEnabled } of READERS) {
  test.describe(reader, () => {
    test.use({ locale: words.locale, javaScriptEnabled });

    test('a consent is withdrawn, and the library forgets the reader', { tag: '@phone' }, async ({ page, town, service, expectAccessible }) => {
      const resident = invent();
      const library = service('showa', 'library');
      await signInAt(page, library, resident, words);
      await page.getByRole('button', { name: '『雪国のくらしと食』を借りる' }).click();
      await expect(page.getByText('あなたが借りています')).toBeVisible();
      await page.getByRole('button', { name: '利用資格を確かめる' }).click();
      await expect(page.getByTestId('still-valid')).toBeVisible();

      await page.goto(town('showa').issuer);
      await expectAccessible(page);
      await page.getByRole('link', { name: words.myPage }).click();
      await title(page, words.myPage);
      const consent = page.getByRole('listitem').filter({ hasText: words.library });
      await expect(consent).toContainText(words.consented);
      await expect(page.locator('body')).not.toContainText(resident.name);
      await expectAccessible(page);
      await consent.getByText(words.record).click();
      await expect(consent.getByText(words.version)).toBeVisible();
      await expectAccessible(page);
      await consent.getByRole('link', { name: words.withdraw(words.library) }).click();
      await title(page, words.withdrawQuestion(words.library));
      await expectAccessible(page);
      await page.getByRole('button', { name: words.withdraw(words.library) }).click();
      await expect(page.getByRole('status')).toHaveText(words.withdrawn);
      await expect(page.getByText(words.noConsents)).toBeVisible();
      await expectAccessible(page);

      await expect(async () => {
        await page.goto(library);
        await expect(page.getByTestId('forgotten')).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 15_000 });
      await expect(page.getByTestId('sub')).toHaveCount(0);
      await expectAccessible(page);
      // The library may ask again; it is asked as if it were the first time, and nothing is lent any more.
      await page.getByRole('link', { name: /共通IDでサインインする/ }).click();
      await agree(page, words);
      await expect(page.getByTestId('sub')).not.toBeEmpty();
      await expect(page.getByText('あなたが借りています')).toHaveCount(0);
    });

    test('a resident signs out', { tag: '@phone' }, async ({ page, town, service, expectAccessible }) => {
      await signInAt(page, service('showa', 'library'), invent(), words);
      await page.goto(`${town('showa').issuer}/me`);
      await page.getByRole('button', { name: words.signOut }).click();
      await title(page, words.signedOut);
      await expectAccessible(page);
      await page.goto(`${town('showa').issuer}/me`);
      await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(words.myPage);
      // The card again: this device knows nobody any more.
      await page.goto(`${service('showa', 'library')}/sign-in`);
      await title(page, words.card.title);
    });

    test('a resident deletes the town ID, and is somebody else afterwards', { tag: '@phone' }, async ({ page, town, service, markers, expectAccessible }) => {
      const resident = markers.resident;
      await signInAt(page, service('showa', 'library'), resident, words);
      const before = (await page.getByTestId('sub').textContent()) ?? '';
      await page.goto(`${town('showa').issuer}/me`);
      await page.getByRole('link', { name: words.deleteLink }).click();
      await title(page, words.deleteQuestion);
      await expectAccessible(page);
      await page.getByRole('button', { name: words.deleteConfirm }).click();
      await title(page, words.deleted);
      await expectAccessible(page);

      // The library is told, and knows nobody any more.
      await expect(async () => {
        await page.goto(service('showa', 'library'));
        await expect(page.getByTestId('sub')).toHaveCount(0, { timeout: 500 });
      }).toPass({ timeout: 15_000 });
      await signInAt(page, service('showa', 'library'), resident, words);
      await expect(page.getByTestId('sub')).not.toHaveText(before);
      markers.expectNowhere();
    });
  });
}

test('nobody but the town makes the library forget', async ({ page, town, service }) => {
  const library = service('showa', 'library');
  await signInAt(page, library, invent());
  const [{ issuer }, sub] = [town('showa'), await page.getByTestId('sub').textContent()];
  const { privateKey } = await generateKeyPair('ES256');
  const claims = { sub_id: { format: 'iss_sub', iss: issuer, sub }, events: { 'urn:machikagi:events:consent-withdrawn': {} }, jti: 'made-up' };
  const made = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'secevent+jwt' }).setIssuer(issuer).setAudience('showa-library').setIssuedAt();
  for (const [data, err] of [
    ['nonsense', 'invalid_request'],
    [await made.sign(privateKey), 'invalid_key'],
  ]) {
    const answer = await page.request.post(`${library}/events`, { data, headers: { 'content-type': 'application/secevent+jwt' } });
    expect([answer.status(), await answer.json()]).toEqual([400, { err }]);
  }
  await page.goto(library);
  await expect(page.getByTestId('sub')).toHaveText(sub ?? '');
});

test('who moved away is no resident from then on', { tag: '@phone' }, async ({ browser, page, service, expectAccessible }) => {
  const resident = invent();
  await signInAt(page, service('showa', 'library'), resident);
  // On another device, with the new address on the card.
  const context = await browser.newContext({ locale: 'ja-JP' });
  const elsewhere = await context.newPage();
  await startSignIn(elsewhere, service('showa', 'library'));
  await readCard(elsewhere, { ...resident, address: '福島県大沼郡会津美里町字目印1番地' });
  await title(elsewhere, '昭和村のサービスは、使えなくなりました');
  await expectAccessible(elsewhere);
  await elsewhere.getByRole('button', { name: JAPANESE.backTo(JAPANESE.library) }).click();
  await expect(elsewhere.getByTestId('refusal')).toHaveAttribute('data-reason', 'not_eligible');
  await context.close();
  // The library is told, and lends nothing more; its token is worth nothing either.
  await expect(async () => {
    await page.reload();
    await expect(page.getByTestId('eligible')).toHaveText('なし', { timeout: 500 });
  }).toPass({ timeout: 15_000 });
  await page.getByRole('button', { name: /を借りる$/ }).first().click();
  await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'not_eligible');
  await page.goto(service('showa', 'library'));
  await page.getByRole('button', { name: '利用資格を確かめる' }).click();
  await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'token_ended');
});
