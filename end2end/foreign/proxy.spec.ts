// Behind a proxy that ends TLS, with certificates of an authority of one's own, as a town's data centre has it: Apache with mod_ssl
// in front, a service behind https, and a browser.
import { type Page } from '@playwright/test';
import { expect } from '../fixtures/index.ts';
import { JAPANESE, invent, readCard, title } from '../fixtures/resident.ts';
import { test } from './behind.ts';
import { TOWN, canRegister } from './gateway.ts';

test.skip(!canRegister, 'a gateway of its own is started by the program');
// One after the other: there is one gateway for all of them.
test.describe.configure({ mode: 'default' });

const HSTS = 'max-age=63072000; includeSubDomains';
const DISCOVERY = `/t/${TOWN}/.well-known/openid-configuration`;
/** What somebody says who would like the gateway to take them for the proxy, or itself for another. */
const LIES = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', 'x-forwarded-port': '80', forwarded: 'for=198.51.100.1;host=evil.example;proto=http' };

/** Every address that the browser asks or is sent to, and whatever it complains of. */
function watch(page: Page, origin: string) {
  const seen = { elsewhere: new Set<string>(), withoutHsts: [] as string[], complaints: [] as string[] };
  const service = /^https:\/\/127\.0\.0\.1:\d+\//;
  page.on('console', (message) => message.type() === 'error' && seen.complaints.push(message.text()));
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  page.on('response', (response) => {
    const { location, 'strict-transport-security': hsts } = response.headers();
    for (const address of [response.url(), new URL(location ?? '', response.url()).href]) {
      if (!address.startsWith(`${origin}/`) && !service.test(address)) seen.elsewhere.add(address);
    }
    if (response.url().startsWith(`${origin}/`) && hsts !== HSTS) seen.withoutHsts.push(response.url());
  });
  return seen;
}

const NOTHING = { elsewhere: new Set(), withoutHsts: [], complaints: [] };

/** The cookies of the gateway, which no other port or path of the host can have set. */
async function expectProtectedCookies(page: Page, ...names: RegExp[]) {
  const cookies = (await page.context().cookies()).filter(({ domain }) => domain === 'localhost');
  for (const name of names) expect(cookies.map((cookie) => cookie.name)).toContainEqual(expect.stringMatching(name));
  for (const cookie of cookies) {
    expect(cookie).toMatchObject({ name: expect.stringMatching(/^__Host-/), secure: true, httpOnly: true, path: '/', sameSite: 'Lax' });
  }
}

test('a resident signs in, withdraws, and signs out, and the service is told', async ({ page, place }) => {
  const [seen, resident] = [watch(page, place.origin), invent()];
  const known = async () => (await page.context().request.get(`${place.service}/`)).json();
  await page.goto(`${place.service}/sign-in`);
  await expect(page).toHaveURL((url) => url.origin === place.origin);
  await readCard(page, resident);
  await expect(page.locator('#consent-approve')).toBeVisible();
  await expectProtectedCookies(page, /^__Host-flow-/);
  await page.locator('#consent-approve').click();
  await expect(page).toHaveURL(`${place.service}/`);
  const { claims, userinfo } = (await known()).known;
  expect(claims).toMatchObject({ iss: place.issuer, acr: 'urn:machikagi:assurance:ial3-aal3' });
  expect(userinfo).toMatchObject({ sub: claims.sub, name: resident.name, address: { formatted: resident.address } });
  await expectProtectedCookies(page, new RegExp(`^__Host-resident-${TOWN}$`));

  await page.goto(`${place.issuer}/me`);
  await page.getByText(JAPANESE.record).first().click();
  await page.getByRole('link', { name: /への同意をやめる$/ }).click();
  await page.getByRole('button', { name: /への同意をやめる$/ }).click();
  await expect(page.getByRole('status')).toHaveText(JAPANESE.withdrawn);
  await expect.poll(async () => (await known()).events).toEqual([{ sub: claims.sub, what: ['urn:machikagi:events:consent-withdrawn'] }]);

  await page.getByRole('button', { name: JAPANESE.signOut }).click();
  await title(page, JAPANESE.signedOut);
  await expect.poll(async () => (await known()).known).toEqual({});
  expect(seen).toEqual(NOTHING);
});

test('staff sign in with a second factor', async ({ page, place, signInStaff }) => {
  const seen = watch(page, place.origin);
  await signInStaff(page, TOWN, 'drafter');
  await expectProtectedCookies(page, /^__Host-session$/);
  await page.goto(`/console/${TOWN}/relying-parties`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(seen).toEqual(NOTHING);
});

test('every address in the documents is the public one', async ({ place }) => {
  const told = await place.overTls(DISCOVERY);
  const document = JSON.parse(told.body);
  expect(document.issuer).toBe(place.issuer);
  const addresses = Object.values(document).filter((value) => /^https?:/.test(String(value)) && !Array.isArray(value));
  expect(addresses.length).toBeGreaterThan(8);
  for (const address of addresses) expect(address).toMatch(new RegExp(`^${place.issuer}(/|$)`));
  expect(told.headers['strict-transport-security']).toBe(HSTS);
});

test('cookies of several sign-ins at once get through', async ({ place }) => {
  expect((await place.overTls(DISCOVERY, { headers: { cookie: `__Host-flow-${'0'.repeat(32)}=${'x'.repeat(40_000)}` } })).status).toBe(200);
});

test('what a request says about itself changes nothing, by the proxy or past it', async ({ place }) => {
  const told = await place.overTls(DISCOVERY);
  const authorize = `/t/${TOWN}/authorize?${new URLSearchParams({ client_id: place.clientId, redirect_uri: `${place.service}/callback`, response_type: 'code', scope: 'openid', state: 's' })}`;
  for (const ask of [place.overTls, place.inClear]) {
    expect((await ask(DISCOVERY, { headers: LIES })).body).toBe(told.body);
    // A service that has to push its requests is told so where it is registered.
    const refused = await ask(authorize, { headers: LIES });
    expect(refused.headers.location).toMatch(new RegExp(`^${place.service}/callback\\?`));
    expect(new URL(refused.headers.location ?? '').searchParams.get('iss')).toBe(place.issuer);
    const page = await ask('/account/sign-in', { headers: { ...LIES, accept: 'text/html' } });
    expect(page.headers['strict-transport-security']).toBe(HSTS);
    expect(page.body).not.toContain('evil.example');
    for (const cookie of page.headers['set-cookie'] ?? []) expect(cookie).toMatch(/^__Host-.*; Secure/);
  }
});

test('whom a caller names counts only where the proxy names them', async ({ place }) => {
  /** Asks, naming somebody else each time, until it is too often. */
  const flood = async (ask: typeof place.overTls, from: string, forwarded: (number: number) => string) => {
    for (let number = 0; number < 2_000; number += 50) {
      const asked = Array.from({ length: 50 }, (_, more) => ask(DISCOVERY, { from, headers: { 'x-forwarded-for': forwarded(number + more) } }));
      if ((await Promise.all(asked)).some(({ status }) => status === 429)) return;
    }
    throw new Error(`${from} may ask as often as it likes`);
  };
  const once = async (from: string) => (await place.overTls(DISCOVERY, { from })).status;
  const invented = (number: number) => `198.51.${100 + (number >> 8)}.${number & 255}`;

  // By the proxy: whoever invents an address for each request is one caller, and another is none the worse for it.
  await flood(place.overTls, '127.0.1.1', invented);
  expect(await once('127.0.1.2')).toBe(200);
  // Past it, from where no proxy is: the same, and whom they name is none the worse for it either.
  await flood(place.inClear, '127.0.2.1', invented);
  await flood(place.inClear, '127.0.3.1', () => '127.0.4.1');
  expect(await once('127.0.4.1')).toBe(200);
});

test('keys behind a certificate of an authority that nobody named are not fetched', ({ place }) => {
  expect(() => place.register(`${place.clientId}-again`, { MACHIKAGI_OUTGOING__CA_FILE: place.strangeAuthority() })).toThrow(/jwks_uri/);
});
