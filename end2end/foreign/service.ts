// A service that npm `openid-client` connects, unmodified and by discovery, in whichever way the table says.
import { type JWK, exportJWK, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { type Browser, type Page } from './browser.ts';
import { type Metadata, issuerOf, machikagi, register, SERVICE, TOWN } from './gateway.ts';

export type Algorithm = 'ES256' | 'RS256' | 'PS256';

/** Everything in which one service differs from another. */
export type Way = {
  auth: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  /** Of the service's own signatures: assertions and request objects. */
  key?: Algorithm;
  /** Of what the town signs for it. */
  idToken: Algorithm;
  request: 'in the address' | 'pushed' | 'signed' | 'signed and pushed';
  /** Of its proofs of possession. */
  dpop?: Algorithm;
  encrypted?: 'ECDH-ES+A256KW' | 'RSA-OAEP-256';
  signedUserinfo?: true;
  offline?: true;
  fapi?: true;
  /** At the registration endpoint (RFC 7591) instead of by an operator's file. */
  registersItself?: true;
};

export const CALLBACK = `${SERVICE}/callback`;
export const AFTER_LOGOUT = `${SERVICE}/goodbye`;

type Known = Metadata & { client_id: string };
type Keys = { signing?: client.PrivateKey; encryption?: client.DecryptionKey; jwks: JWK[] };
type Checks = { expectedState: string; expectedNonce: string; pkceCodeVerifier: string; idTokenExpected: true; maxAge?: number };

export class Service {
  readonly metadata: Known;
  readonly configuration: client.Configuration;
  readonly options: client.DPoPOptions;
  /** What is encrypted to it is read with this. */
  readonly decryptionKey: CryptoKey | undefined;
  readonly #way: Way;
  readonly #key: client.PrivateKey | undefined;

  private constructor(way: Way, keys: Keys, metadata: Known, configuration: client.Configuration, options: client.DPoPOptions) {
    [this.#way, this.#key, this.decryptionKey] = [way, keys.signing, keys.encryption?.key];
    [this.metadata, this.configuration, this.options] = [metadata, configuration, options];
  }

  /** Makes keys, registers the service at a town and reads the town's discovery document. */
  static async connect(way: Way, town = TOWN): Promise<Service> {
    const keys = await keysOf(way);
    const [wanted, server] = [metadataOf(way, keys.jwks), new URL(issuerOf(town))];
    const authentication = authenticationOf(way, keys.signing);
    const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
    let metadata: Known;
    let configuration: client.Configuration;
    if (way.registersItself) {
      const initialAccessToken = machikagi(['relying-party', 'registration-token', '--tenant', town]).trim();
      configuration = await client.dynamicClientRegistration(server, wanted, authentication, { initialAccessToken, execute });
      const { client_id, client_secret } = configuration.clientMetadata();
      metadata = { ...wanted, client_id, client_secret };
    } else {
      metadata = register(wanted, town);
      configuration = await client.discovery(server, metadata.client_id, metadata, authentication, { execute });
    }
    if (keys.encryption) client.enableDecryptingResponses(configuration, ['A256GCM'], keys.encryption);
    const options = way.dpop ? { DPoP: client.getDPoPHandle(configuration, await client.randomDPoPKeyPair(way.dpop)) } : {};
    return new Service(way, keys, metadata, configuration, options);
  }

  /** The same service with another proof of who it is. */
  async claimingBy(authentication: client.ClientAuth): Promise<client.Configuration> {
    const server = new URL(this.configuration.serverMetadata().issuer);
    return client.discovery(server, this.metadata.client_id, this.metadata, authentication, { execute: [client.allowInsecureRequests] });
  }

  /** What it asks for, and what has to be right about the answer. */
  async ask(more: Record<string, string> = {}): Promise<{ url: URL; checks: Checks }> {
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const parameters = {
      redirect_uri: CALLBACK,
      scope: this.#way.offline ? 'openid residency name address offline_access' : 'openid residency name address',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    };
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true } as const;
    return { url: await this.#address(parameters), checks };
  }

  /** The town's answer becomes tokens; the library verifies issuer, state, signature, audience, times, nonce and `at_hash`. */
  redeem = (answer: Page, checks: Checks) => client.authorizationCodeGrant(this.configuration, answer.url, checks, undefined, this.options);

  /** A sign-in from the question to the tokens; `walk` is what the person does at the town. */
  async signIn(browser: Browser, walk: (page: Page) => Promise<Page>, more: Record<string, string> = {}) {
    const { url, checks } = await this.ask(more);
    const answer = await walk(await browser.open(url));
    return { tokens: await this.redeem(answer, checks), answer, checks };
  }

  async #address(parameters: Record<string, string>): Promise<URL> {
    const [{ request }, config] = [this.#way, this.configuration];
    if (request === 'pushed') return client.buildAuthorizationUrlWithPAR(config, parameters, this.options);
    if (request === 'in the address') return client.buildAuthorizationUrl(config, parameters);
    if (!this.#key) throw new Error('who signs requests has a key');
    const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, this.#key);
    if (request === 'signed') return signed;
    return client.buildAuthorizationUrlWithPAR(config, { request: signed.searchParams.get('request') ?? '' }, this.options);
  }
}

async function keysOf(way: Way): Promise<Keys> {
  const make = async (use: 'sig' | 'enc', alg: string) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, crv: 'P-256' });
    return { key: privateKey, kid: `${use}-1`, alg, jwk: { ...(await exportJWK(publicKey)), kid: `${use}-1`, alg, use } };
  };
  const signing = way.key && (await make('sig', way.key));
  const encryption = way.encrypted && (await make('enc', way.encrypted));
  return { signing, encryption, jwks: [signing, encryption].flatMap((pair) => (pair ? [pair.jwk] : [])) };
}

function metadataOf(way: Way, jwks: JWK[]): Omit<Metadata, 'client_id'> {
  const [alg, enc] = [way.encrypted, 'A256GCM'];
  return {
    client_name: 'A foreign client',
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: [AFTER_LOGOUT],
    scope: 'openid residency name address offline_access',
    grant_types: way.offline ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: way.auth,
    id_token_signed_response_alg: way.idToken,
    require_signed_request_object: way.request.startsWith('signed'),
    require_pushed_authorization_requests: way.request.endsWith('pushed'),
    dpop_bound_access_tokens: way.dpop !== undefined,
    ...(jwks.length > 0 ? { jwks: { keys: jwks } } : {}),
    ...(way.key && way.auth === 'private_key_jwt' ? { token_endpoint_auth_signing_alg: way.key } : {}),
    ...(alg ? { id_token_encrypted_response_alg: alg, id_token_encrypted_response_enc: enc, userinfo_encrypted_response_alg: alg, userinfo_encrypted_response_enc: enc } : {}),
    ...(way.signedUserinfo ? { userinfo_signed_response_alg: way.idToken } : {}),
    ...(way.fapi ? { 'urn:machikagi:profile': 'fapi2' } : {}),
  };
}

/** The library takes the secret from the metadata. */
function authenticationOf({ auth }: Way, key: client.PrivateKey | undefined): client.ClientAuth {
  if (auth === 'client_secret_basic') return client.ClientSecretBasic();
  if (auth === 'client_secret_post') return client.ClientSecretPost();
  if (auth === 'none') return client.None();
  if (!key) throw new Error('who signs assertions has a key');
  return client.PrivateKeyJwt(key);
}
