// PyPI `authlib` in a Flask service, unmodified: what its documentation shows, by each way of client authentication.
import { type ChildProcess } from 'node:child_process';
import { homedir } from 'node:os';
import { expect, test } from '@playwright/test';
import { exportJWK, generateKeyPair } from 'jose';
import { SEKI, invent } from '../fixtures/resident.ts';
import { Browser, type Page } from './browser.ts';
import { canRegister, issuer, readCard, register, signIn } from './gateway.ts';
import { freePort, start, stop } from './processes.ts';

test.skip(!canRegister, 'clients are registered by the program');
// One after the other: there is one service for all of them.
test.describe.configure({ mode: 'default' });

const CLIENTS = [
  { name: 'basic', auth: 'client_secret_basic', signed: 'RS256' },
  { name: 'post', auth: 'client_secret_post', signed: 'ES256' },
  { name: 'rsa', auth: 'private_key_jwt', alg: 'RS256', signed: 'PS256' },
  { name: 'elliptic', auth: 'private_key_jwt', alg: 'ES256', signed: 'ES256' },
  { name: 'public', auth: 'none', signed: 'ES256' },
];

const python = `${process.env.MACHIKAGI_CACHE ?? `${homedir()}/.cache/machikagi`}/authlib/bin/python`;
let service: ChildProcess | undefined;
let at = '';

test.beforeAll(async () => {
  const port = await freePort();
  at = `http://127.0.0.1:${port}`;
  const clients = await Promise.all(
    CLIENTS.map(async ({ name, auth, alg, signed }) => {
      const pair = alg && (await generateKeyPair(alg, { extractable: true }));
      const [own, known] = pair ? await Promise.all([pair.privateKey, pair.publicKey].map(async (key) => ({ ...(await exportJWK(key)), kid: name, alg, use: 'sig' }))) : [];
      const { client_id, client_secret } = register({
        client_name: `Authlib ${name}`,
        redirect_uris: [`${at}/${name}/callback`],
        post_logout_redirect_uris: [`${at}/${name}/signed-out`],
        token_endpoint_auth_method: auth,
        id_token_signed_response_alg: signed,
        grant_types: ['authorization_code', 'refresh_token'],
        scope: 'openid residency name address offline_access',
        ...(known ? { jwks: { keys: [known] } } : {}),
      });
      return [name, { client_id, client_secret, auth, key: own }];
    }),
  );
  const told = JSON.stringify({ issuer, port, clients: Object.fromEntries(clients) });
  service = await start(python, [new URL('authlib/service.py', import.meta.url).pathname], port, { input: told });
});

test.afterAll(() => stop(service));

/** What the service shows. */
const shown = (page: Page) => JSON.parse(page.text('body'));

for (const { name, auth, alg, signed } of CLIENTS) {
  test([auth, alg, `ID token ${signed}`].filter(Boolean).join(', '), async () => {
    const [browser, resident] = [new Browser(), invent()];
    const visit = async (path: string) => shown(await browser.open(`${at}/${name}/${path}`));

    const believed = shown(await signIn(await browser.open(`${at}/${name}/sign-in`), resident));
    expect(believed).toMatchObject({
      id_token: { iss: issuer, acr: 'urn:machikagi:assurance:ial3-aal3', 'urn:machikagi:claims:residency': { eligible: true } },
      userinfo: { sub: believed.id_token.sub, name: resident.name, address: { formatted: resident.address } },
      refreshable: true,
    });

    const refreshed = await visit('refresh');
    expect(refreshed).toMatchObject({ changed: true, userinfo: { sub: believed.id_token.sub } });
    expect(refreshed.userinfo).not.toHaveProperty('name');

    if (auth !== 'none') expect(await visit('introspect')).toMatchObject({ active: true, sub: believed.id_token.sub });
    expect(await visit('revoke')).toEqual({ status: 200 });
    if (auth !== 'none') expect(await visit('introspect')).toEqual({ active: false });
    expect(await visit('refresh')).toMatchObject({ error: 'invalid_grant' });

    const left = await browser.open(`${at}/${name}/sign-out`);
    expect(left.url.href).toBe(`${at}/${name}`);
    expect(shown(left)).toEqual({ name, sub: null });
    expect((await browser.open(`${at}/${name}/sign-in`)).has('[name=pin]')).toBe(true);
  });
}

test('a refusal is an error with its reason', async () => {
  const declined = await (await readCard(await new Browser().open(`${at}/basic/sign-in`), invent())).submit('#consent-refuse');
  expect(shown(declined)).toMatchObject({ error: 'access_denied' });
  const elsewhere = await (await readCard(await new Browser().open(`${at}/basic/sign-in`), invent(SEKI))).submit('#back-to-service');
  expect(shown(elsewhere)).toMatchObject({ error: 'access_denied', description: expect.stringMatching(/^not_eligible:/) });
});
