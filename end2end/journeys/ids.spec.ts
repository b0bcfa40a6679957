// What scripts and foreign test tools rely on: a browser that knows forms, links and cookies, and ids that stay. No word on a page
// is looked for here, and no script runs.
import { readFileSync } from 'node:fs';
import { type Page } from '@playwright/test';
import { expect, test } from '../fixtures/index.ts';
import { type Resident, SHOWA_IN_GUNMA, invent } from '../fixtures/resident.ts';

const IDS = [
  'sign-in',
  'with-passkey',
  'with-card',
  'passkey', // passkeys.spec.ts
  'passkey-later',
  'card-person-typed',
  'card-name',
  'card-address',
  'card-birthdate',
  'card-gender',
  'card-renewed', // renewed-card.spec.ts
  'card-pin',
  'card-read',
  'card-cancel',
  'consent-approve',
  'consent-refuse',
  'shared-computer',
  'continue', // commuter.spec.ts, like what leads there
  'back-to-service',
  'retry',
  'tie-code',
  'tie-code-send',
  'desk-ask', // desk.spec.ts
  'desk-done',
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
  await at(page, 'card-person-typed').check();
  for (const field of ['name', 'address', 'birthdate'] as const) await at(page, `card-${field}`).fill(resident[field]);
  await at(page, 'card-gender').selectOption(resident.gender);
  await showCard(page);
}

async function showCard(page: Page) {
  await at(page, 'card-pin').fill('1234');
  await press(page, 'card-read');
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
  await press(page, 'card-cancel');
  await press(page, 'back-to-service');
  await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'cancelled');
});

test('whoever gave up tries once more, and who has no passkey takes the card', async ({ page, town, service }) => {
  const people = codes(documented().find((row) => row.includes('`card-person-typed`'))?.split('|')[2] ?? '');
  await page.goto(`${service('showa', 'library')}/sign-in`);
  for (const id of people) await expect(page.locator(`input#${id}`)).toHaveCount(1);
  await press(page, 'card-cancel');
  await press(page, 'retry');
  await page.locator('#card-person-minoru').check();
  await showCard(page);
  await press(page, 'back-to-service');
  await expect(page.getByTestId('refusal')).toHaveAttribute('data-reason', 'not_eligible');

  await page.goto(town('showa').issuer);
  await press(page, 'with-passkey');
  await press(page, 'with-card');
  await readCard(page, invent());
  await at(page, 'shared-computer').check();
  await press(page, 'consent-approve');
  await expect(at(page, 'error-code')).toHaveCount(0);
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
  await leadsTo(new URL('/nowhere', issuer).href, 'not_found');
  await leadsTo(new URL('/sandbox-card/authorize?client_id=nobody', issuer).href, 'unknown_client');
  await leadsTo(new URL('/sandbox-card/read?attempt=x', issuer).href, 'flow_gone');

  await page.goto(`${service('showa', 'library')}/sign-in`);
  await readCard(page, invent());
  const consent = page.url();
  await press(page, 'consent-approve');
  await leadsTo(consent, 'already_done');
});
