// People open two tabs, go back, and press twice. Nothing of it may cost them their sign-in or count them double.
import { expect, test } from '../fixtures/index.ts';
import { JAPANESE, agree, fillCard, invent, readCard, signInAt, startSignIn, title } from '../fixtures/resident.ts';

test('two sign-ins in two tabs do not disturb each other', { tag: '@phone' }, async ({ context, page, service }) => {
  const resident = invent();
  const other = await context.newPage();
  await startSignIn(page, service('showa', 'library'));
  await startSignIn(other, service('showa', 'application'));
  await fillCard(page, resident);
  await fillCard(other, resident);
  await other.getByRole('button', { name: JAPANESE.card.read }).click();
  await page.getByRole('button', { name: JAPANESE.card.read }).click();
  await title(other, JAPANESE.mayWe);
  await title(page, JAPANESE.mayWe);
  await expect(page.getByRole('main')).toContainText('電子図書館');
  await expect(other.getByRole('main')).toContainText('電子申請');
  await page.getByRole('button', { name: JAPANESE.accept }).click();
  await expect(page.getByTestId('eligible')).toHaveText('あり');
  await other.getByRole('button', { name: JAPANESE.accept }).click();
  await expect(other.getByTestId('pre-filled')).toBeVisible();
});

test('back from the service to the consent page: it is done, and nothing is asked again', { tag: '@phone' }, async ({ page, service, expectAccessible }) => {
  await signInAt(page, service('showa', 'library'), invent());
  const before = await page.getByTestId('sub').textContent();
  await page.goBack();
  await title(page, JAPANESE.done);
  await expect(page.getByRole('button', { name: JAPANESE.accept })).toHaveCount(0);
  await expectAccessible(page);
  await page.goto(service('showa', 'library'));
  await expect(page.getByTestId('sub')).toHaveText(before ?? '');
});

test('back from the consent page to the card, and forward again', { tag: '@phone' }, async ({ page, service }) => {
  await startSignIn(page, service('showa', 'library'));
  await readCard(page, invent());
  await title(page, JAPANESE.mayWe);
  await page.goBack();
  await page.goForward();
  await agree(page);
  await expect(page.getByTestId('eligible')).toHaveText('あり');
});

test('a double click on yes is one yes', { tag: '@phone' }, async ({ page, town, service }) => {
  await startSignIn(page, service('showa', 'library'));
  await readCard(page, invent());
  await title(page, JAPANESE.mayWe);
  await page.getByRole('button', { name: JAPANESE.accept }).dblclick();
  await expect(page.getByTestId('eligible')).toHaveText('あり');
  await page.goto(`${town('showa').issuer}/me`);
  await expect(page.getByText(JAPANESE.consented, { exact: true })).toHaveCount(1);
});

test('a consent page that was answered in another tab says so', { tag: '@phone' }, async ({ context, page, service, expectAccessible }) => {
  await startSignIn(page, service('showa', 'library'));
  await readCard(page, invent());
  await title(page, JAPANESE.mayWe);
  const copy = await context.newPage();
  await copy.goto(page.url());
  await title(copy, JAPANESE.mayWe);
  await page.getByRole('button', { name: JAPANESE.accept }).click();
  await expect(page.getByTestId('eligible')).toHaveText('あり');
  await copy.getByRole('button', { name: JAPANESE.accept }).click();
  await title(copy, JAPANESE.done);
  await expectAccessible(copy);
});
