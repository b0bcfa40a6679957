// npm `openid-client` registers itself at the sandbox (RFC 7591), with what an operator handed out.
import * as client from 'openid-client';
import { expect, test } from '@playwright/test';
import { TOWN, canRegister, issuer, machikagi } from './gateway.ts';
import { AFTER_LOGOUT, CALLBACK } from './service.ts';

test.skip(!canRegister, 'initial access tokens are made by the program');

const handedOut = (...options: string[]) => machikagi(['relying-party', 'registration-token', '--tenant', TOWN, ...options]).trim();

const register = (initialAccessToken: string, metadata: Record<string, unknown> = {}) =>
  client.dynamicClientRegistration(new URL(issuer), { redirect_uris: [CALLBACK], ...metadata }, undefined, { initialAccessToken, execute: [client.allowInsecureRequests] });

test('what is not said is as the standard has it', async () => {
  const known = (await register(handedOut())).clientMetadata();
  expect(known).toMatchObject({ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'client_secret_basic', grant_types: ['authorization_code'], response_types: ['code'], id_token_signed_response_alg: 'RS256' });
  expect(known.client_secret).toMatch(/^[\w-]{43,}$/);
  expect(known.client_secret_expires_at).toBeGreaterThan(Date.now() / 1000);
});

test('a token is good for as many clients as it says', async () => {
  const token = handedOut('--uses', '2');
  const [first, second] = [await register(token), await register(token)];
  expect(first.clientMetadata().client_id).not.toBe(second.clientMetadata().client_id);
  for (const used of [token, 'made-up']) await expect(register(used)).rejects.toMatchObject({ status: 401 });
});

test('what is refused is said in the words of the standard', async () => {
  const token = handedOut();
  const refused = { error: 'invalid_client_metadata', status: 400 };
  for (const metadata of [
    { response_types: ['id_token'] },
    { grant_types: ['implicit'] },
    { token_endpoint_auth_method: 'client_secret_jwt' },
    { id_token_signed_response_alg: 'none' },
    { id_token_encrypted_response_alg: 'RSA1_5', userinfo_encrypted_response_alg: 'RSA1_5' },
    { jwks: { keys: [] }, token_endpoint_auth_method: 'private_key_jwt' },
  ]) {
    await expect(register(token, metadata), JSON.stringify(metadata)).rejects.toMatchObject(refused);
  }
  for (const uri of ['http://service.example/callback', 'https://service.example/callback#x', 'https://*.example/callback']) {
    await expect(register(token, { redirect_uris: [uri] }), uri).rejects.toMatchObject({ error: 'invalid_redirect_uri', status: 400 });
  }
});

test('the answer holds all that was registered', async () => {
  const metadata = {
    client_name: 'A foreign client',
    client_uri: 'https://service.example/',
    contacts: ['desk@service.example'],
    scope: 'openid residency name',
    application_type: 'web',
    post_logout_redirect_uris: [AFTER_LOGOUT],
  };
  expect((await register(handedOut(), metadata)).clientMetadata()).toMatchObject(metadata);
});
