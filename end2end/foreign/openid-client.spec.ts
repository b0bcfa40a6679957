// npm `openid-client`, unmodified: every way of client authentication, of asking and of protecting what comes back.
import { compactDecrypt, decodeProtectedHeader, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { expect, test } from '@playwright/test';
import { SEKI, invent } from '../fixtures/resident.ts';
import { Browser, type Page } from './browser.ts';
import { canRegister, issuer, readCard, signIn } from './gateway.ts';
import { AFTER_LOGOUT, CALLBACK, Service, type Way } from './service.ts';

test.skip(!canRegister, 'clients are registered by the program');

const WAYS: Way[] = [
  { auth: 'client_secret_basic', idToken: 'RS256', request: 'in the address' },
  { auth: 'client_secret_basic', idToken: 'ES256', request: 'pushed', offline: true },
  { auth: 'client_secret_basic', idToken: 'PS256', request: 'in the address', dpop: 'RS256', offline: true },
  { auth: 'client_secret_basic', idToken: 'RS256', request: 'in the address', registersItself: true, offline: true },
  { auth: 'client_secret_post', idToken: 'PS256', request: 'in the address', offline: true },
  { auth: 'client_secret_post', idToken: 'ES256', request: 'signed', key: 'RS256' },
  { auth: 'private_key_jwt', key: 'ES256', idToken: 'ES256', request: 'in the address', offline: true },
  { auth: 'private_key_jwt', key: 'RS256', idToken: 'RS256', request: 'signed' },
  { auth: 'private_key_jwt', key: 'PS256', idToken: 'PS256', request: 'signed and pushed', dpop: 'PS256', offline: true },
  { auth: 'private_key_jwt', key: 'ES256', idToken: 'ES256', request: 'pushed', encrypted: 'ECDH-ES+A256KW', signedUserinfo: true },
  { auth: 'client_secret_basic', idToken: 'RS256', request: 'in the address', encrypted: 'RSA-OAEP-256', signedUserinfo: true },
  { auth: 'client_secret_post', idToken: 'PS256', request: 'pushed', encrypted: 'ECDH-ES+A256KW', signedUserinfo: true, dpop: 'ES256' },
  { auth: 'private_key_jwt', key: 'PS256', idToken: 'RS256', request: 'pushed', encrypted: 'RSA-OAEP-256', signedUserinfo: true, registersItself: true },
  { auth: 'none', idToken: 'ES256', request: 'in the address', offline: true },
  { auth: 'none', idToken: 'RS256', request: 'in the address', dpop: 'ES256', offline: true },
  { auth: 'private_key_jwt', key: 'ES256', idToken: 'ES256', request: 'pushed', dpop: 'ES256', offline: true, fapi: true },
  { auth: 'private_key_jwt', key: 'PS256', idToken: 'PS256', request: 'signed and pushed', dpop: 'PS256', fapi: true },
];

const BASIC: Way = { auth: 'client_secret_basic', idToken: 'ES256', request: 'in the address' };
const SIGNED: Way = { auth: 'private_key_jwt', key: 'ES256', idToken: 'ES256', request: 'signed' };
const FAPI: Way = { auth: 'private_key_jwt', key: 'ES256', idToken: 'ES256', request: 'pushed', dpop: 'ES256', fapi: true };

const name = ({ auth, idToken, request, ...rest }: Way) =>
  [auth, `ID token ${idToken}`, `request ${request}`, ...Object.entries(rest).map(([what, value]) => (value === true ? what : `${what} ${value}`))].join(', ');

for (const way of WAYS) {
  test(name(way), async () => {
    const [service, resident, browser] = [await Service.connect(way), invent(), new Browser()];
    const { configuration, options } = service;
    const { tokens, answer, checks } = await service.signIn(browser, (page) => signIn(page, resident));

    // What the library does not look at: it has verified everything else.
    expect(answer.url.href.startsWith(`${CALLBACK}?`)).toBe(true);
    expect(answer.url.searchParams.get('iss')).toBe(issuer);
    expect(tokens.token_type).toBe(way.dpop ? 'dpop' : 'bearer');
    expect(tokens.scope?.split(' ').sort()).toEqual(['address', 'name', ...(way.offline ? ['offline_access'] : []), 'openid', 'residency']);
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: issuer, aud: service.metadata.client_id, acr: 'urn:machikagi:assurance:ial3-aal3' });
    expect(claims?.['urn:machikagi:claims:residency']).toMatchObject({ eligible: true, municipality: '074462' });
    expect(Object.keys(claims ?? {})).not.toContain('name');
    const signed = await signedIdToken(service, way, tokens.id_token ?? '');
    expect(decodeProtectedHeader(signed)).toMatchObject({ alg: way.idToken });

    const subject = claims?.sub ?? '';
    await expectUserinfoAs(way, await client.fetchProtectedResource(configuration, tokens.access_token, userinfoEndpoint(service), 'GET', undefined, undefined, options));
    const userinfo = () => client.fetchUserInfo(configuration, tokens.access_token, subject, options);
    expect(await userinfo()).toMatchObject({ sub: subject, name: resident.name, address: { formatted: resident.address } });

    if (way.dpop) await expect(client.fetchUserInfo(configuration, tokens.access_token, subject)).rejects.toMatchObject({ status: 401 });

    if (way.auth !== 'none') {
      const about = await client.tokenIntrospection(configuration, tokens.access_token);
      expect(about).toMatchObject({ active: true, sub: subject, client_id: service.metadata.client_id, token_type: way.dpop ? 'DPoP' : 'Bearer' });
      expect(typeof about.cnf?.jkt).toBe(way.dpop ? 'string' : 'undefined');
    }

    expect(tokens.refresh_token === undefined).toBe(!way.offline);
    if (tokens.refresh_token) {
      const again = await client.refreshTokenGrant(configuration, tokens.refresh_token, undefined, options);
      expect(again.access_token).not.toBe(tokens.access_token);
      // Without the card nobody says where somebody lives now: attributes come once.
      expect(await client.fetchUserInfo(configuration, again.access_token, subject, options)).not.toHaveProperty('name');
      expect(again.refresh_token !== undefined && again.refresh_token !== tokens.refresh_token).toBe(way.auth === 'none');
    }

    await client.tokenRevocation(configuration, tokens.refresh_token ?? tokens.access_token);
    await expect(userinfo()).rejects.toMatchObject({ status: 401 });
    if (way.auth !== 'none') expect(await client.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false });
    if (tokens.refresh_token) await expect(client.refreshTokenGrant(configuration, tokens.refresh_token, undefined, options)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(service.redeem(answer, checks)).rejects.toMatchObject({ error: 'invalid_grant' });

    const state = client.randomState();
    const left = await browser.open(client.buildEndSessionUrl(configuration, { id_token_hint: signed, post_logout_redirect_uri: AFTER_LOGOUT, state }));
    expect(left.url.href).toBe(`${AFTER_LOGOUT}?state=${state}`);
    // Nobody is signed in any more.
    const { url } = await service.ask({ prompt: 'none' });
    expect((await browser.open(url)).url.searchParams.get('error')).toBe('login_required');
  });
}

/** The signed ID token as the town made it: what goes back as a hint (RP-Initiated Logout, section 2). */
async function signedIdToken({ decryptionKey }: Service, way: Way, idToken: string) {
  if (!decryptionKey) return idToken;
  expect(decodeProtectedHeader(idToken)).toMatchObject({ alg: way.encrypted, enc: 'A256GCM', cty: 'JWT' });
  const { plaintext } = await compactDecrypt(idToken, decryptionKey);
  return new TextDecoder().decode(plaintext);
}

const userinfoEndpoint = ({ configuration }: Service) => new URL(configuration.serverMetadata().userinfo_endpoint ?? '');

/** The library would take claims in clear from a town that forgot to encrypt them. */
async function expectUserinfoAs(way: Way, answer: Response) {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(way.encrypted ? /^application\/jwt(;|$)/ : /^application\/json(;|$)/);
  if (way.encrypted) expect(decodeProtectedHeader(await answer.text())).toMatchObject({ alg: way.encrypted, enc: 'A256GCM' });
}

test('a proof of possession holds a nonce of the town, which the library fetches by itself', async () => {
  const service = await Service.connect({ ...BASIC, dpop: 'ES256' });
  const errors: unknown[] = [];
  service.configuration[client.customFetch] = async (...request) => {
    const answer = await fetch(...request);
    if (!answer.ok) errors.push((await answer.clone().json()).error);
    return answer;
  };
  const { tokens } = await service.signIn(new Browser(), (page) => signIn(page, invent()));
  expect(errors).toEqual(['use_dpop_nonce']);
  await client.fetchUserInfo(service.configuration, tokens.access_token, tokens.claims()?.sub ?? '', service.options);
  // The nonce that came with the tokens was good for userinfo.
  expect(errors).toEqual(['use_dpop_nonce']);
});

test('both discovery documents lead to the same endpoints', async () => {
  const [openid, oauth] = await Promise.all((['oidc', 'oauth2'] as const).map((algorithm) => client.discovery(new URL(issuer), 'anybody', undefined, client.None(), { algorithm, execute: [client.allowInsecureRequests] })));
  expect(oauth.serverMetadata()).toEqual(openid.serverMetadata());
});

test('a proof of somebody else is none', async () => {
  const [basic, signed] = await Promise.all([Service.connect(BASIC), Service.connect(SIGNED)]);
  const { privateKey } = await generateKeyPair('ES256');
  const wrong = [
    await basic.claimingBy(client.ClientSecretBasic('another')),
    await basic.claimingBy(client.ClientSecretPost('another')),
    await basic.claimingBy(client.None()),
    await signed.claimingBy(client.PrivateKeyJwt({ key: privateKey, kid: 'sig-1' })),
    await signed.claimingBy(client.ClientSecretJwt(client.randomState())),
    await signed.claimingBy(client.None()),
  ];
  for (const configuration of wrong) {
    for (const request of [
      () => client.tokenIntrospection(configuration, 'a-token'),
      () => client.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: CALLBACK, scope: 'openid' }),
      () => client.refreshTokenGrant(configuration, 'a-token'),
    ]) {
      const { status, response, error } = await request().then(() => expect(configuration.clientMetadata().client_id, 'was let in').toBe(''), (refused) => refused);
      // With a challenge in a header the library does not read the body.
      expect({ status, error: error ?? (await response.json()).error }).toEqual({ status: 401, error: 'invalid_client' });
    }
  }
});

test('a code works once, with its verifier, for its client; used again it takes back what it gave', async () => {
  const [service, other, browser] = [await Service.connect(BASIC), await Service.connect(BASIC), new Browser()];
  const { url, checks } = await service.ask();
  const answer = await signIn(await browser.open(url), invent());
  const wrong = { error: 'invalid_grant' };
  await expect(service.redeem(answer, { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() })).rejects.toMatchObject(wrong);
  await expect(other.redeem(answer, checks)).rejects.toMatchObject(wrong);
  const { access_token } = await service.redeem(answer, checks);
  expect(await client.tokenIntrospection(service.configuration, access_token)).toMatchObject({ active: true });
  expect(await client.tokenIntrospection(other.configuration, access_token)).toEqual({ active: false });
  await expect(service.redeem(answer, checks)).rejects.toMatchObject(wrong);
  expect(await client.tokenIntrospection(service.configuration, access_token)).toEqual({ active: false });
});

test('a consent that is withdrawn takes with it whatever came of it', async () => {
  const [service, other, resident, browser] = [await Service.connect({ ...BASIC, offline: true }), await Service.connect(BASIC), invent(), new Browser()];
  const [{ configuration }, walk] = [service, (page: Page) => signIn(page, resident)];
  const { tokens } = await service.signIn(browser, walk);
  const withdrawal = (await browser.open(`${issuer}/me`)).$('a[href*="/me/withdraw/"]').attr('href') ?? '';
  const kept = (await other.signIn(browser, walk)).tokens;
  const { sub = '' } = tokens.claims() ?? {};
  const refresh = () => client.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
  const { access_token } = await refresh();
  await (await browser.open(new URL(withdrawal, issuer))).submit('main form [type=submit]');
  for (const token of [tokens.access_token, access_token]) {
    await expect(client.fetchUserInfo(configuration, token, sub)).rejects.toMatchObject({ status: 401 });
    expect(await client.tokenIntrospection(configuration, token)).toEqual({ active: false });
  }
  await expect(refresh()).rejects.toMatchObject({ error: 'invalid_grant' });
  // What was agreed to with another service stands.
  expect(await client.tokenIntrospection(other.configuration, kept.access_token)).toMatchObject({ active: true });
});

test('an old refresh token of an app ends what came of its sign-in', async () => {
  const service = await Service.connect({ auth: 'none', idToken: 'ES256', request: 'in the address', offline: true });
  const { configuration } = service;
  const { tokens } = await service.signIn(new Browser(), (page) => signIn(page, invent()));
  const refresh = async (token = '') => client.refreshTokenGrant(configuration, token);
  const second = await refresh(tokens.refresh_token);
  // The answer was lost on its way: the same request gets the same one.
  expect((await refresh(tokens.refresh_token)).refresh_token).toBe(second.refresh_token);
  const third = await refresh(second.refresh_token);
  await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(refresh(third.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(client.fetchUserInfo(configuration, third.access_token, tokens.claims()?.sub ?? '')).rejects.toMatchObject({ status: 401 });
});

test('what a person or the town decides comes back as the error of the standard', async () => {
  const service = await Service.connect(BASIC);
  const answered = async (walk: (page: Page) => Promise<Page>, more: Record<string, string> = {}) => {
    const { url, checks } = await service.ask(more);
    const answer = await walk(await new Browser().open(url));
    return service.redeem(answer, checks).then(() => undefined, (error) => error);
  };
  const nothing = async (page: Page) => page;
  const decline = async (page: Page) => (await readCard(page, invent())).submit('#consent-refuse');
  expect(await answered(decline)).toMatchObject({ error: 'access_denied' });
  expect(await answered(nothing, { prompt: 'none' })).toMatchObject({ error: 'login_required' });
  expect(await answered(nothing, { prompt: 'none login' })).toMatchObject({ error: 'invalid_request' });
  const unknown = JSON.stringify({ id_token: { acr: { essential: true, values: ['https://levels.example/unheard-of'] } } });
  expect(await answered(nothing, { claims: unknown })).toMatchObject({ error: 'unmet_authentication_requirements' });
  expect(await answered(nothing, { response_type: 'code id_token' })).toMatchObject({ error: 'unsupported_response_type' });
  expect(await answered(nothing, { scope: 'residency' })).toMatchObject({ error: 'invalid_scope' });
});

test('who lives elsewhere is told so, and the service gets a refusal', async () => {
  const service = await Service.connect(BASIC);
  const { url, checks } = await service.ask();
  const told = await readCard(await new Browser().open(url), invent(SEKI));
  const answer = await told.submit('#back-to-service');
  await expect(service.redeem(answer, checks)).rejects.toMatchObject({ error: 'access_denied', error_description: expect.stringMatching(/^not_eligible:/) });
});

test('a session answers again without a page; `prompt` and `max_age` ask for the card', async () => {
  const [service, resident, browser] = [await Service.connect(BASIC), invent(), new Browser()];
  const first = await service.signIn(browser, (page) => signIn(page, resident));
  const { sub, auth_time } = first.tokens.claims() ?? {};
  const silent = await service.signIn(browser, async (page) => page, { prompt: 'none', id_token_hint: first.tokens.id_token ?? '' });
  expect(silent.tokens.claims()).toMatchObject({ sub, auth_time });
  for (const [again, maxAge] of [[{ prompt: 'login' }], [{ max_age: '0' }, 0]] as const) {
    const { url, checks } = await service.ask(again);
    const tokens = await service.redeem(await signIn(await browser.open(url), resident), maxAge === undefined ? checks : { ...checks, maxAge });
    expect(tokens.claims()?.sub).toBe(sub);
  }
});

test('an attribute is in the ID token where `claims` asks for it there', async () => {
  const [service, resident] = [await Service.connect(BASIC), invent()];
  const claims = JSON.stringify({ id_token: { name: null }, userinfo: { address: { essential: true } } });
  const { tokens } = await service.signIn(new Browser(), (page) => signIn(page, resident), { scope: 'openid', claims });
  expect(tokens.claims()).toMatchObject({ name: resident.name });
  expect(tokens.claims()).not.toHaveProperty('address');
  const told = await client.fetchUserInfo(service.configuration, tokens.access_token, tokens.claims()?.sub ?? '');
  expect(told).toMatchObject({ address: { formatted: resident.address } });
  expect(told).not.toHaveProperty('name');
});

test('who must push, sign or bind and does not is refused', async () => {
  const fapi = await Service.connect(FAPI);
  const parameters = { redirect_uri: CALLBACK, scope: 'openid', state: 's', code_challenge_method: 'S256', code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()) };
  const unpushed = await new Browser().open(client.buildAuthorizationUrl(fapi.configuration, parameters));
  expect(Object.fromEntries(unpushed.url.searchParams)).toMatchObject({ error: 'invalid_request', state: 's', iss: issuer });
  const { code_challenge, code_challenge_method, ...without } = parameters;
  await expect(client.buildAuthorizationUrlWithPAR(fapi.configuration, without, fapi.options)).rejects.toMatchObject({ error: 'invalid_request' });
  const { url, checks } = await fapi.ask();
  const answer = await signIn(await new Browser().open(url), invent());
  await expect(client.authorizationCodeGrant(fapi.configuration, answer.url, checks)).rejects.toMatchObject({ status: 400 });

  const signed = await Service.connect(SIGNED);
  const unsigned = await new Browser().open(client.buildAuthorizationUrl(signed.configuration, parameters));
  expect(unsigned.url.searchParams.get('error')).toBe('invalid_request');
  const { privateKey } = await generateKeyPair('ES256');
  const forged = await new Browser().open(await client.buildAuthorizationUrlWithJAR(signed.configuration, parameters, { key: privateKey, kid: 'sig-1' }));
  expect(forged.text('#error-code') || forged.url.searchParams.get('error')).toMatch(/^(bad_request|invalid_request_object)$/);
});

test('a request that was pushed leads to one code', async () => {
  const service = await Service.connect({ ...BASIC, request: 'pushed' });
  const { url, checks } = await service.ask();
  await service.redeem(await signIn(await new Browser().open(url), invent()), checks);
  const again = await new Browser().open(url);
  expect(again.text('#error-code') || again.url.searchParams.get('error')).toMatch(/^(already_done|invalid_request_uri)$/);
});
