// npm `oidc-provider` as the service that knows who somebody is: a town connects it in the console, and residents sign in there.
import { randomBytes } from 'node:crypto';
import { type Page as Screen } from '@playwright/test';
import * as client from 'openid-client';
import { dataDirectory, expect, type Role, test } from '../fixtures/index.ts';
import { traces } from '../fixtures/markers.mjs';
import { JAPANESE, MINO, SEKI, TSUNO, type Resident, invent } from '../fixtures/resident.ts';
import { Browser, type Page } from './browser.ts';
import { canRegister, issuerOf } from './gateway.ts';
import { Service, type Way } from './service.ts';
import { LEVEL, type Shape, SUBSTITUTE, Upstream } from './upstream.ts';

test.skip(!canRegister, 'clients are registered by the program');

const WAY: Way = { auth: 'client_secret_basic', idToken: 'ES256', request: 'in the address' };
const SECRET = randomBytes(32).toString('hex');
/** The public half of a pair that is not ours: the `u` of Curve25519's base point. */
const SOMEBODY_ELSES_KEY = Buffer.from('09'.padEnd(64, '0'), 'hex').toString('base64');

type Connection = {
  shape: Shape;
  preset: string;
  town: string;
  home: string;
  code: string;
  /** Where somebody lives who is not of the town. */
  elsewhere: string;
  /** What a clerk types where the preset does not know it, by field. */
  typed: (issuer: string) => Record<string, string>;
  acr?: string;
};

const CONNECTIONS: Connection[] = [
  { shape: 'digital agency', preset: 'digital_agency', town: 'mino', home: MINO, code: '212075', elsewhere: TSUNO, typed: () => ({}) },
  {
    shape: 'xID',
    preset: 'xid',
    town: 'tsuno',
    home: TSUNO,
    code: '454061',
    elsewhere: SEKI,
    typed: (issuer) => ({ secret: SECRET, userdata_url: `${issuer}/userdata` }),
    acr: 'ial3-aal2',
  },
  {
    shape: 'usual',
    preset: 'generic',
    town: 'seki',
    home: SEKI,
    code: '212059',
    elsewhere: TSUNO,
    typed: () => ({
      authentication: 'client_secret_basic',
      secret: SECRET,
      source: 'card_surface',
      verified: 'at_sign_in',
      'level.0.acr': LEVEL.usual,
      'level.0.ial': '3',
      'level.0.aal': '3',
      'level.0.method': 'card',
    }),
  },
];

for (const { shape, preset, town, home, code, elsewhere, typed, acr = 'ial3-aal3' } of CONNECTIONS) {
  test(`in the ${shape} shape`, async ({ page, signInStaff }) => {
    test.setTimeout(90_000);
    const [issuer, name] = [issuerOf(town), `Foreign ${randomBytes(4).toString('hex')}`];
    const credentials = preset === 'digital_agency' ? { jwks_uri: `${issuer}/client-jwks.json` } : { client_secret: SECRET };
    if (shape === 'xID') await takeCopies(page, town, signInStaff);
    await signInStaff(page, town, 'admin');
    await page.goto(`/console/${town}/identity-providers/new?preset=${preset}`);
    // The provider is told the callback before it gives a client id.
    const callback = await page.locator('[name=callback]').inputValue();
    expect(callback.startsWith(`${issuer}/callback/`)).toBe(true);
    const upstream = await Upstream.start(shape, { client_id: 'town', redirect_uris: [callback], ...credentials });
    try {
      await fill(page, { 'name.ja': name, 'name.en': name, issuer: upstream.issuer, client_id: 'town', ...typed(upstream.issuer) });
      await expect(page).toHaveURL(/\/identity-providers\/[0-9a-f-]{36}$/);
      const connection = page.url();
      if (shape === 'xID') upstream.fieldKey = await shownKey(page, town);
      const resident = invent(home);
      // Before residents are sent there, the clerk sees how a sign-in is read.
      upstream.card = resident;
      await page.goto(`${connection}/try-out`);
      await page.locator('main form [type=submit]').first().click();
      await page.locator('#upstream-sign-in').click();
      await expect(page.locator('main')).toContainText(resident.name);
      await expect(page.locator('main')).toContainText(resident.address);
      await expect(page.locator('main')).toContainText(code);
      await expect(page.locator('main')).toContainText('IAL3');
      await signInStaff(page, town, 'approver');
      await page.goto(connection);
      await page.locator('[name=do][value=activate]').click();
      await expect(page.locator('[name=do][value=activate]')).toHaveCount(0);

      const service = await Service.connect(WAY, town);
      const chosen = (page: Page) => page.submit(`button[name=with]:contains("${name}")`);
      const attested = async (page: Page) => (await chosen(page)).submit('#upstream-sign-in');
      const { tokens } = await service.signIn(new Browser(), async (page) => {
        const decided = await attested(page);
        return decided.has('#consent-approve') ? decided.submit('#consent-approve') : decided;
      });
      const claims = tokens.claims();
      expect(claims).toMatchObject({ iss: issuer, acr: `urn:machikagi:assurance:${acr}` });
      expect(claims?.['urn:machikagi:claims:residency']).toMatchObject({ eligible: true, municipality: code });
      const told = await client.fetchUserInfo(service.configuration, tokens.access_token, claims?.sub ?? '');
      // Pieces of a name are joined by a space of ours, whatever stood between them on the card.
      const joined = shape === 'xID' ? resident.name.replace('　', ' ') : resident.name;
      expect(told).toMatchObject({ name: joined, address: { formatted: resident.address } });

      // The same person again is the same to the service; the subject there never is.
      const again = await service.signIn(new Browser(), attested);
      expect(again.tokens.claims()?.sub).toBe(claims?.sub);

      // Somebody of another town, and nobody.
      const { url, checks } = await service.ask();
      upstream.card = invent(elsewhere);
      const refused = await attested(await new Browser().open(url));
      const answer = await refused.submit('#back-to-service');
      await expect(service.redeem(answer, checks)).rejects.toMatchObject({ error: 'access_denied', error_description: expect.stringMatching(/^not_eligible:/) });
      upstream.card = undefined;
      const unread = await attested(await new Browser().open((await service.ask()).url));
      expect(unread.url.href.startsWith(issuer)).toBe(true);

      if (shape === 'xID') await keptAndSealed(upstream, service, attested, resident, claims);

      await signInStaff(page, town, 'admin');
      await page.goto(`${connection}/stop`);
      await fill(page, { reason: 'The test is over.' });
      await expect(page).toHaveURL(connection);
      expect((await new Browser().open((await service.ask()).url)).text('body')).not.toContain(name);
      expect(traces(dataDirectory, resident), 'what is left of the resident').toEqual([]);
    } finally {
      upstream.stop();
    }
  });
}

type Walk = (page: Page) => Promise<Page>;

/** What only this shape has: a copy that was made earlier, flags beside it, and seals. */
async function keptAndSealed(upstream: Upstream, service: Service, attested: Walk, resident: Resident, first?: client.IDToken) {
  const residency = 'urn:machikagi:claims:residency';
  // What the provider looked at earlier counts from then.
  expect(first?.[residency]).toMatchObject({ valid_until: monthInTokyo(upstream.verifiedAt, 12) });

  // A character of the town's name that the card cannot hold may be any, but only if it is flagged.
  const written = (sign: string) => ({ ...resident, address: resident.address.replace('農町', `${sign}町`) });
  upstream.card = written(SUBSTITUTE);
  const { tokens } = await service.signIn(new Browser(), attested);
  expect(tokens.claims()).toMatchObject({ sub: first?.sub, [residency]: { eligible: true } });
  await refused(written('◇'), JAPANESE.undecidable, { error: 'access_denied', error_description: expect.stringMatching(/^undecidable:/) });

  // Fields that are sealed to somebody else, and one that is not sealed at all.
  const failed = () => 'いまは、カードを確かめられません';
  const key = upstream.fieldKey;
  upstream.fieldKey = SOMEBODY_ELSES_KEY;
  await refused(resident, failed, { error: 'temporarily_unavailable' });
  [upstream.fieldKey, upstream.inClear] = [key, 'sub_char_address'];
  await refused(resident, failed, { error: 'temporarily_unavailable' });

  async function refused(card: Resident, title: (service: string) => string, answered: object) {
    upstream.card = card;
    const { url, checks } = await service.ask();
    const page = await attested(await new Browser().open(url));
    expect(page.text('h1')).toBe(title('A foreign client'));
    await expect(service.redeem(await page.submit('#back-to-service'), checks)).rejects.toMatchObject(answered);
  }
}

/** The town takes what a provider keeps, by its residents' rule: drafted by one, approved by another, once for all runs. */
async function takeCopies(page: Screen, town: string, signInStaff: (page: Screen, town: string, role: Role) => Promise<void>) {
  await signInStaff(page, town, 'drafter');
  await page.goto(`/console/${town}/residency-rules`);
  await page.getByRole('link', { name: '住民', exact: true }).click();
  await page.goto(`${page.url()}/edit`);
  const source = page.locator('[name=weakest_source]');
  if ((await source.inputValue()) === 'stored_by_provider') return;
  await source.selectOption('stored_by_provider');
  await page.locator('[name=greatest_age_months]').fill('3');
  await page.locator('[name=then][value=submit]').click();
  await fill(page, { reason: 'A provider keeps what it saw.' });
  await expect(page).toHaveURL(/\/decisions\/[0-9a-f-]{36}$/);
  const decision = page.url();
  await signInStaff(page, town, 'approver');
  await page.goto(decision);
  await page.locator('[name=decision][value=approve]').click();
  await expect(page.locator('[name=decision]')).toHaveCount(0);
}

/** The public key to which the console tells providers to seal. */
async function shownKey(page: Screen, town: string): Promise<string> {
  await page.goto(`/console/${town}/identity-providers`);
  // Playwright's locators are strict: more than one is an error.
  return page.locator('code', { hasText: /^[\w+/]{43}=$/ }).innerText();
}

/** The month so many months after a moment, as `2027-03`. */
function monthInTokyo(moment: Date, later: number): string {
  const [year, month] = moment.toLocaleDateString('sv', { timeZone: 'Asia/Tokyo' }).split('-').map(Number);
  return new Date(Date.UTC(year ?? 0, (month ?? 0) - 1 + later)).toISOString().slice(0, 7);
}

/** Fills a form of the console by the names of its fields, whatever kind they are of, and sends it. */
async function fill(page: Screen, fields: Record<string, string>) {
  const form = page.locator('main form').first();
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name="${name}"]`);
    const kind = await field.first().evaluate((element) => `${element.tagName} ${element.getAttribute('type') ?? ''}`);
    if (kind === 'SELECT ') await field.selectOption(value);
    else if (kind === 'INPUT radio') await form.locator(`[name="${name}"][value="${value}"]`).check();
    else await field.fill(value);
  }
  await form.locator('[type=submit]').first().click();
  await page.waitForLoadState();
}
