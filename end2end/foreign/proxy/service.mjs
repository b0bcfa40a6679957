// A service behind https with a certificate of a private authority, which it believes by NODE_EXTRA_CA_CERTS: npm `openid-client`,
// proving itself by a key that the town fetches, with pushed requests. It shows what it knows, and is told what ended.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import * as client from 'openid-client';

const { issuer, clientId, port, certificate, certificateKey } = JSON.parse(readFileSync(0, 'utf8'));
const origin = `https://127.0.0.1:${port}`;
const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'service', alg: 'ES256', use: 'sig' }] };

let discovered;
const configuration = () => (discovered ??= client.discovery(new URL(issuer), clientId, undefined, client.PrivateKeyJwt({ key: privateKey, kid: 'service' })));
let asked;
let known = {};
const events = [];

/** What the town signed for us, with its keys. */
async function told(token, typ) {
  const { jwks_uri } = (await configuration()).serverMetadata();
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), { issuer, audience: clientId, typ });
  return payload;
}

const routes = {
  'GET /': () => ({ body: { known, events } }),
  'GET /favicon.ico': () => ({ status: 204 }),
  'GET /jwks.json': () => ({ body: jwks }),

  'GET /sign-in': async () => {
    asked = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
    const location = await client.buildAuthorizationUrlWithPAR(await configuration(), {
      redirect_uri: `${origin}/callback`,
      scope: 'openid residency name address',
      state: asked.state,
      nonce: asked.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(asked.verifier),
      code_challenge_method: 'S256',
    });
    return { status: 303, headers: { location: location.href } };
  },

  'GET /callback': async (url) => {
    const checks = { expectedState: asked.state, expectedNonce: asked.nonce, pkceCodeVerifier: asked.verifier, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(await configuration(), url, checks);
    const claims = tokens.claims();
    known = { claims, userinfo: await client.fetchUserInfo(await configuration(), tokens.access_token, claims.sub) };
    return { status: 303, headers: { location: '/' } };
  },

  'POST /signed-out': async (_url, body) => {
    const { sid } = await told(new URLSearchParams(body).get('logout_token'), 'logout+jwt');
    if (sid === known.claims?.sid) known = {};
    return {};
  },

  'POST /events': async (_url, body) => {
    const { sub_id, events: what } = await told(body, 'secevent+jwt');
    events.push({ sub: sub_id.sub, what: Object.keys(what) });
    return { status: 202 };
  },
};

async function answer(request) {
  const url = new URL(request.url, origin);
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return { status: 404 };
  let body = '';
  for await (const piece of request) body += piece;
  return route(url, body);
}

createServer({ cert: readFileSync(certificate), key: readFileSync(certificateKey) }, async (request, response) => {
  const { status = 200, headers = {}, body } = await answer(request).catch((error) => ({ status: 400, body: { error: String(error) } }));
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }).end(body && JSON.stringify(body));
}).listen(port, '127.0.0.1');
