// An app on a person's own device, as small as it can be: a command that signs somebody in with the system's browser, and goes
// on without it. A public client (it keeps no secret), so everything rests on PKCE, on a key of its own that no token works
// without (DPoP), and on refresh tokens that are exchanged at each use.
//
//   machikagi relying-party import end2end/relying-parties/native.json --tenant showa
//   node end2end/relying-parties/native.mjs http://localhost:3000/t/showa showa-library-app
//   node end2end/relying-parties/native.mjs http://localhost:3000/t/showa showa-library-app jp.example.tosho:/callback
//
//   machikagi relying-party import end2end/relying-parties/native-points.json --tenant tsuno
//   node end2end/relying-parties/native.mjs http://localhost:3000/t/tsuno tsuno-points-app https://points.example.jp/app/callback
import { createServer } from 'node:http';
import { createInterface } from 'node:readline/promises';
import * as client from 'openid-client';

const [issuer, clientId, ownAddress] = process.argv.slice(2);
if (!clientId) {
  console.error('native.mjs ISSUER CLIENT_ID [REDIRECT_URI]');
  process.exit(2);
}

/** One port of this device, for one answer: the registered address is http://127.0.0.1/callback, the port is whichever is free. */
function answerOnLoopback() {
  return new Promise((ready) => {
    const server = createServer((request, response) => {
      const url = new URL(request.url, `http://127.0.0.1:${server.address().port}`);
      if (url.pathname !== '/callback') return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end('この画面を閉じて、アプリに戻ってください。 You can close this page.\n', () => server.close());
      answered(url);
    });
    let answered;
    const answer = new Promise((resolve) => (answered = resolve));
    server.listen(0, '127.0.0.1', () => ready({ redirectUri: `http://127.0.0.1:${server.address().port}/callback`, answer }));
  });
}

/**
 * An https link or a scheme that the system hands to the app to which it belongs. A command has no such address: whoever plays
 * the system types what the browser was sent to.
 */
function answerFromSystem() {
  const lines = createInterface({ input: process.stdin });
  const answer = new Promise((resolve) => lines.once('line', (line) => resolve(new URL(line)))).finally(() => lines.close());
  return { redirectUri: ownAddress, answer };
}

const say = (what, value) => console.log(JSON.stringify({ what, ...value }));
const configuration = await client.discovery(
  new URL(issuer),
  clientId,
  undefined,
  client.None(),
  // Plain http is for this machine only. An app in operation leaves this line out.
  new URL(issuer).hostname === 'localhost' ? { execute: [client.allowInsecureRequests] } : undefined,
);
const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair());

const { redirectUri, answer } = ownAddress ? answerFromSystem() : await answerOnLoopback();
const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
const url = client.buildAuthorizationUrl(configuration, {
  redirect_uri: redirectUri,
  scope: 'openid residency offline_access',
  state,
  nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
});
say('open', { url: url.href });

const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(configuration, await answer, checks, undefined, { DPoP });
const { sub } = tokens.claims();
say('signed_in', { sub, token_type: tokens.token_type, scope: tokens.scope });

// Where nobody was asked, nobody agreed that the app goes on by itself: `prompt=consent` would ask.
if (!tokens.refresh_token) process.exit(0);

// Weeks later, without the person: the app keeps the refresh token that came last, and nothing else.
const again = await client.refreshTokenGrant(configuration, tokens.refresh_token, undefined, { DPoP });
const claims = await client.fetchUserInfo(configuration, again.access_token, sub, { DPoP });
say('refreshed', {
  rotated: again.refresh_token !== tokens.refresh_token,
  eligible: claims['urn:machikagi:claims:residency']?.eligible === true,
});

// Signing out of the app ends its tokens at the town.
await client.tokenRevocation(configuration, again.refresh_token);
const over = await client.refreshTokenGrant(configuration, again.refresh_token, undefined, { DPoP }).catch((error) => error.error);
say('signed_out', { over });
