// What scripts and foreign test tools rely on: a browser that knows forms, links and cookies, and ids that stay. No word on a page
// is looked for here, and no script runs.
import { readFileSync } from 'node:fs';
import { type Page } from '@playwright/test';
import { expect, test } from '../fixtures/index.ts';
import { type Resident, SHOWA_IN_GUNMA, invent } from '../fixtures/resident.ts';

const IDS = [
  'sign-in',
  'consent-approve',
  'consent-refuse',
  'back-to-service',
  'open-app', // native.spec.ts
  'logout-confirm',
  'logout-refuse',
  'merge-sign-in',
  'merge-confirm',
  'merge-refuse',
  'recovery-number', // renewed-card.spec.ts
  'relink-code',
  'error-code',
] as const;

const at = (page: Page, id: (typeof IDS)[number]) => page.locator(`#${id}`);
const press = (page: Page, id: (typeof IDS)[number]) => at(page, id).click();

async function readCard(page: Page, resident: Resident) {
  await page.locator('[name=person][value=typed]').check();
  for (const field of ['name', 'address', 'birthdate'] as const) await page.locator(`[name=${field}]`).fill(resident[field]);
  await page.locator('[name=pin]').fill('1234');
  await page.locator('button[value=read]').click();
}

/** The rows of docs/openid.md, `Ids for scripts`. */
const documented = () => {
  const page = readFileSync(new URL('../../docs/openid.md', import.meta.url), 'utf8');
  return (page.split('\n## Ids for scripts\n')[1]?.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
};
const codes = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

test.use({ javaScriptEnabled: false });

test('the documentation names these ids', () => {
  expect(documented().flatMap((row) => codes(row.split('|')[1] ?? ''))).toEqual([...IDS]);
});

test('a town ID is made, and somebody signs out', { tag: '@smoke' }, async ({ page, town }) => {
  const [{ issuer }, resident] = [town('showa'), invent()];
  await page.goto(issuer);
  await press(page, 'sign-in');
  await readCard(page, resident);
  await press(page, 'consent-refuse');
  await page.goto(issuer);
  await press(page, 'sign-in');
  await readCard(page, resident);
  await press(page, 'consent-approve');
  await expect(page).toHaveURL(`${issuer}/me`);

  await page.goto(`${issuer}/logout`);
  await press(page, 'logout-refuse');
  await expect(page).toHaveURL(`${issuer}/me`);
  await page.goto(`${issuer}/logout`);
  await press(page, 'logout-confirm');
  await page.goto(`${issuer}/me/delete`);
  await expect(at(page, 'error-code')).toHaveText('signed_out');
});

test('a service hears no, then yes, and of somebody else that they may not', { tag: '@smoke' }, async ({ page, town, service }) => {
  const [library, resident] = [service('showa', 'library'), invent()];
  await page.goto(`${library}/sign-in`);
  await readCard(page, resident);
  await press(page, 'consent-refuse');
  await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'consent_refused');
  await page.goto(`${library}/sign-in`);
  await readCard(page, resident);
  await press(page, 'consent-approve');
  await expect(page.getByTestId('sub')).not.toBeEmpty();
  await page.goto(`${town('showa').issuer}/logout`);
  await press(page, 'logout-confirm');

  await page.goto(`${library}/sign-in`);
  await readCard(page, invent(SHOWA_IN_GUNMA));
  await press(page, 'back-to-service');
  await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'not_eligible');
  await page.goto(`${library}/sign-in`);
  await page.locator('button[value=cancel]').click();
  await press(page, 'back-to-service');
  await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'cancelled');
});

test('two town IDs become one', async ({ page, town }) => {
  const [{ issuer }, former, resident] = [town('showa'), invent(), invent()];
  for (const person of [former, resident]) {
    await page.goto(`${issuer}/logout`);
    if (await at(page, 'logout-confirm').count()) await press(page, 'logout-confirm');
    await page.goto(issuer);
    await press(page, 'sign-in');
    await readCard(page, person);
    await press(page, 'consent-approve');
  }
  for (const answer of ['merge-refuse', 'merge-confirm'] as const) {
    await page.goto(`${issuer}/me/merge`);
    await press(page, 'merge-sign-in');
    await readCard(page, former);
    await press(page, answer);
    await expect(page).toHaveURL(new RegExp(`^${issuer}/me(\\?|$)`));
  }
});

test('where a request leads no further, a word says why', async ({ page, town, service }) => {
  const { issuer, relying_parties } = town('showa');
  const party = relying_parties.find(({ key }) => key === 'library');
  const request = { client_id: party?.client_id ?? '', redirect_uri: party?.redirect_uri ?? '', response_type: 'code', scope: 'openid', state: 's' };
  const asking = (more: Record<string, string>) => `${issuer}/authorize?${new URLSearchParams({ ...request, ...more })}`;
  const known = codes(documented().at(-1) ?? '').slice(1);
  const leadsTo = async (address: string, code: string) => {
    await page.goto(address);
    await expect(at(page, 'error-code'), address).toHaveText(code);
    expect(known).toContain(code);
  };
  await leadsTo(asking({ client_id: 'nobody' }), 'unknown_client');
  await leadsTo(asking({ redirect_uri: 'https://evil.example/' }), 'unknown_redirect_uri');
  await leadsTo(`${issuer}/authorize?client_id=${request.client_id}&request=nonsense`, 'bad_request');
  await leadsTo(`${issuer}/callback?code=x&state=y`, 'not_asked_for');
  await leadsTo(`${issuer}/flow/${'0'.repeat(32)}/consent`, 'flow_gone');
  await leadsTo(new URL('/t/nowhere', issuer).href, 'not_found');

  await page.goto(`${service('showa', 'library')}/sign-in`);
  await readCard(page, invent());
  const consent = page.url();
  await press(page, 'consent-approve');
  await leadsTo(consent, 'already_done');
});
