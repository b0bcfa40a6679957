// Debian's `mod_auth_openidc` behind Apache, unmodified: three sites and an API that knows their tokens.
import { type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from '@playwright/test';
import { type Resident, invent, readCard as readCardOnScreen } from '../fixtures/resident.ts';
import { Browser, type Page } from './browser.ts';
import { canRegister, issuer, register, signIn } from './gateway.ts';
import { freePort, start, stop } from './processes.ts';

test.skip(!canRegister, 'clients are registered by the program');
// One after the other: there is one Apache for all of them.
test.describe.configure({ mode: 'default' });

const SITES = [
  { site: 'basic', auth: 'client_secret_basic', signed: 'RS256' },
  { site: 'post', auth: 'client_secret_post', signed: 'ES256' },
  { site: 'key', auth: 'private_key_jwt', signed: 'PS256' },
] as const;

const at: Record<string, string> = {};
let apache: ChildProcess | undefined;
let directory = '';
let credentials = '';

test.beforeAll(async () => {
  directory = mkdtempSync(`${tmpdir()}/machikagi-apache-`);
  const ids = Object.fromEntries(SITES.map(({ site }) => [site, `apache-${site}-${randomBytes(6).toString('hex')}`]));
  const [secret, passphrase] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  credentials = `Basic ${Buffer.from(`${ids.basic}:${secret}`).toString('base64')}`;
  const environment: Record<string, string> = { ISSUER: issuer, SECRET: secret, PASSPHRASE: passphrase, DIRECTORY: directory, SITE: `${directory}/site` };
  for (const { site } of SITES) {
    const port = await freePort();
    at[site] = `http://127.0.0.1:${port}`;
    environment[`${site.toUpperCase()}_PORT`] = String(port);
    environment[`${site.toUpperCase()}_ID`] = ids[site];
  }
  // Apache started as root goes on as www-data, which has to get at the site.
  chmodSync(directory, 0o755);
  cpSync(new URL('apache/site', import.meta.url).pathname, `${directory}/site`, { recursive: true });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(`${directory}/public.pem`, publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(`${directory}/private.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const configuration = new URL('apache/httpd.conf', import.meta.url).pathname;
  apache = await start('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', configuration], Number(environment.BASIC_PORT), { environment });
  // After Apache: the town asks the addresses of keys and of logout before it takes a client in.
  for (const { site, auth, signed } of SITES) {
    const callback = `${at[site]}/town/callback`;
    register({
      client_id: ids[site],
      ...(site === 'key' ? { jwks_uri: `${callback}?jwks=rsa` } : { client_secret: secret }),
      client_name: `Apache ${site}`,
      redirect_uris: [callback],
      post_logout_redirect_uris: [`${at[site]}/`],
      backchannel_logout_uri: `${callback}?logout=backchannel`,
      token_endpoint_auth_method: auth,
      id_token_signed_response_alg: signed,
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid residency name address offline_access',
    });
  }
});

test.afterAll(async () => {
  await stop(apache);
  rmSync(directory, { recursive: true, force: true });
});

/** What Apache hands to the application behind it. */
const known = (text: string): Record<string, string> => Object.fromEntries(text.split('\n').flatMap((line) => (line.includes('=') ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [])));
const knownTo = (page: Page) => known(page.text('pre'));

/** The claims of a resident as the application sees them. */
const claimsOf = ({ name, address }: Resident) => ({
  OIDC_CLAIM_iss: issuer,
  OIDC_CLAIM_name: name,
  OIDC_CLAIM_address: JSON.stringify({ formatted: address }).replace('":"', '": "'),
  OIDC_CLAIM_acr: 'urn:machikagi:assurance:ial3-aal3',
  'OIDC_CLAIM_urn-machikagi-claims-residency': expect.stringContaining('"eligible": true, "municipality": "074462"'),
  AUTH_TYPE: 'openid-connect',
});

for (const { site, auth, signed } of SITES.filter(({ site }) => site !== 'post')) {
  test(`${auth}, ID token ${signed}`, async () => {
    const [browser, resident] = [new Browser(), invent()];
    const told = knownTo(await signIn(await browser.open(`${at[site]}/town/`), resident));
    expect(told).toMatchObject(claimsOf(resident));
    expect(told.REMOTE_USER).toBe(`${told.OIDC_CLAIM_sub}@${issuer}`);

    // Away from Apache and from the town; the next visit needs the card.
    const left = await browser.open(`${at[site]}/town/callback?logout=${encodeURIComponent(`${at[site]}/`)}`);
    expect(left.url.href).toBe(`${at[site]}/`);
    expect((await browser.open(`${at[site]}/town/`)).has('[name=pin]')).toBe(true);
  });
}

test('Apache goes on without the person', async () => {
  const browser = new Browser();
  await signIn(await browser.open(`${at.basic}/town/`), invent());
  const about = async (query: string) => JSON.parse((await browser.open(`${at.basic}/town/callback?info=json${query}`)).text('body'));
  const [before, after] = [await about(''), await about('&access_token_refresh_interval=0')];
  expect(before.access_token).toBeTruthy();
  expect(after.access_token).not.toBe(before.access_token);
  expect(after.userinfo.sub).toBe(before.userinfo.sub);
  expect(before.userinfo).toHaveProperty('name');
});

test('who signs out at the town is signed out of every site', async () => {
  const [browser, resident] = [new Browser(), invent()];
  const first = await signIn(await browser.open(`${at.basic}/town/`), resident);
  expect(knownTo(first).OIDC_CLAIM_sub).toBeTruthy();
  const second = await browser.open(`${at.key}/town/`);
  // It asks for attributes, which come with the card only.
  expect(knownTo(await signIn(second, resident)).OIDC_CLAIM_sub).toBeTruthy();
  await (await browser.open(`${issuer}/logout`)).submit('#logout-confirm');
  for (const site of ['basic', 'key']) await expect.poll(async () => (await browser.open(`${at[site]}/town/`)).has('[name=pin]'), { timeout: 15_000 }).toBe(true);
});

test('an API takes the tokens of its own client while they count', async ({ request }) => {
  const tokenOf = async (site: string) => knownTo(await signIn(await new Browser().open(`${at[site]}/town/`), invent())).OIDC_access_token;
  const call = (token: string) => request.get(`${at.basic}/api/`, { headers: { authorization: `Bearer ${token}` } });
  const ask = async (token: string) => (await call(token)).status();
  const [own, other] = [await tokenOf('basic'), await tokenOf('key')];
  expect((await (await call(own)).text()).trim()).toMatch(/^[\w-]{43}$/);
  expect(await ask(other)).toBe(401);
  expect(await ask('made-up')).toBe(401);
  await request.post(`${issuer}/revoke`, { headers: { authorization: credentials }, form: { token: own } });
  expect(await ask(own)).toBe(401);
});

test('who refuses is not let in', async ({ page }) => {
  await page.goto(`${at.basic}/town/`);
  await readCardOnScreen(page, invent());
  await page.locator('#consent-refuse').click();
  await page.waitForURL(/\/town\/callback\?error=access_denied&/);
  // This version looks for a code first, and takes an error with `iss` (RFC 9207) for a sign-in that begins elsewhere.
  await expect(page.locator('body')).toContainText('Invalid Request');
  await page.goto(`${at.basic}/town/`);
  await expect(page.locator('[name=pin]')).toBeVisible();
});

test('in a real browser, where the request comes as a form from another site', async ({ page }) => {
  const resident = invent();
  await page.goto(`${at.post}/town/`);
  await readCardOnScreen(page, resident);
  await page.locator('#consent-approve').click();
  await expect(page).toHaveURL(`${at.post}/town/`);
  expect(known((await page.locator('pre').textContent()) ?? '')).toMatchObject(claimsOf(resident));
  await page.goto(`${at.post}/town/callback?logout=${encodeURIComponent(`${at.post}/`)}`);
  await expect(page).toHaveURL(`${at.post}/`);
  await page.goto(`${at.post}/town/`);
  await expect(page.locator('[name=pin]')).toBeVisible();
});
