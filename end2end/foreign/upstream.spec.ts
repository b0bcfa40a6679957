// npm `oidc-provider` as the service that knows who somebody is: a town connects it in the console, and residents sign in there.
import { randomBytes } from 'node:crypto';
import { type Page as Screen } from '@playwright/test';
import * as client from 'openid-client';
import { dataDirectory, expect, test } from '../fixtures/index.ts';
import { traces } from '../fixtures/markers.mjs';
import { MINO, SEKI, TSUNO, invent } from '../fixtures/resident.ts';
import { Browser, type Page } from './browser.ts';
import { canRegister, issuerOf } from './gateway.ts';
import { Service, type Way } from './service.ts';
import { LEVEL, type Shape, Upstream } from './upstream.ts';

test.skip(!canRegister, 'clients are registered by the program');

const WAY: Way = { auth: 'client_secret_basic', idToken: 'ES256', request: 'in the address' };
const SECRET = randomBytes(32).toString('hex');

/** What a clerk types where the preset does not know it, by field. */
const CONNECTIONS: { shape: Shape; preset: string; town: string; home: string; code: string; typed: Record<string, string> }[] = [
  { shape: 'digital agency', preset: 'digital_agency', town: 'mino', home: MINO, code: '212075', typed: {} },
  {
    shape: 'usual',
    preset: 'generic',
    town: 'seki',
    home: SEKI,
    code: '212059',
    typed: {
      authentication: 'client_secret_basic',
      secret: SECRET,
      source: 'card_surface',
      verified: 'at_sign_in',
      'level.0.acr': LEVEL.usual,
      'level.0.ial': '3',
      'level.0.aal': '3',
      'level.0.method': 'card',
    },
  },
];

for (const { shape, preset, town, home, code, typed } of CONNECTIONS) {
  test(`in the ${shape} shape`, async ({ page, signInStaff }) => {
    test.setTimeout(90_000);
    const [issuer, name] = [issuerOf(town), `Foreign ${randomBytes(4).toString('hex')}`];
    const credentials = preset === 'generic' ? { client_secret: SECRET } : { jwks_uri: `${issuer}/client-jwks.json` };
    await signInStaff(page, town, 'admin');
    await page.goto(`/console/${town}/identity-providers/new?preset=${preset}`);
    // The provider is told the callback before it gives a client id.
    const callback = await page.locator('[name=callback]').inputValue();
    expect(callback.startsWith(`${issuer}/callback/`)).toBe(true);
    const upstream = await Upstream.start(shape, { client_id: 'town', redirect_uris: [callback], ...credentials });
    try {
      await fill(page, { 'name.ja': name, 'name.en': name, issuer: upstream.issuer, client_id: 'town', ...typed });
      await expect(page).toHaveURL(/\/identity-providers\/[0-9a-f-]{36}$/);
      const connection = page.url();
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
      const { tokens } = await service.signIn(new Browser(), async (page) => {
        const decided = await (await chosen(page)).submit('#upstream-sign-in');
        return decided.has('#consent-approve') ? decided.submit('#consent-approve') : decided;
      });
      const claims = tokens.claims();
      expect(claims).toMatchObject({ iss: issuer, acr: 'urn:machikagi:assurance:ial3-aal3' });
      expect(claims?.['urn:machikagi:claims:residency']).toMatchObject({ eligible: true, municipality: code });
      const told = await client.fetchUserInfo(service.configuration, tokens.access_token, claims?.sub ?? '');
      expect(told).toMatchObject({ name: resident.name, address: { formatted: resident.address } });

      // The same person again is the same to the service; the subject there never is.
      const again = await service.signIn(new Browser(), async (page) => (await chosen(page)).submit('#upstream-sign-in'));
      expect(again.tokens.claims()?.sub).toBe(claims?.sub);

      // Somebody of another town, and nobody.
      const { url, checks } = await service.ask();
      upstream.card = invent(TSUNO);
      const refused = await (await chosen(await new Browser().open(url))).submit('#upstream-sign-in');
      const answer = await refused.submit('#back-to-service');
      await expect(service.redeem(answer, checks)).rejects.toMatchObject({ error: 'access_denied', error_description: expect.stringMatching(/^not_eligible:/) });
      upstream.card = undefined;
      const unread = await (await chosen(await new Browser().open((await service.ask()).url))).submit('#upstream-sign-in');
      expect(unread.url.href.startsWith(issuer)).toBe(true);

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
