// npm `oidc-provider`, unmodified, as the service that knows who somebody is: in the shape of the Digital Agency's (the card is
// read, the address is one string, we prove ourselves by a signature), in xID's as its public clients read it (what is kept comes from
// an address beside it and names nobody: the name in clear, every other field sealed to us by libsodium with 24 bytes before the box,
// name and birthdate in pieces, the address in parts, the level in a claim of its own) and in the usual one. Its only page is a button.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import sodium from 'libsodium-wrappers';
import Provider, { type Configuration } from 'oidc-provider';
import { type Resident } from '../fixtures/resident.ts';
import { freePort } from './processes.ts';

export type Shape = 'digital agency' | 'xID' | 'usual';

/** The word for the level that a sign-in reaches, where `acr` says it. */
export const LEVEL: Record<Exclude<Shape, 'xID'>, string> = { 'digital agency': 'aal3', usual: 'https://levels.example/card' };

/** Stands on a card for a character that it cannot hold: flagged, where flags are given. */
export const SUBSTITUTE = '□';

/** What the gateway is there: how it proves itself, and where it is answered. */
export type Client = { client_id: string; redirect_uris: string[]; client_secret?: string; jwks_uri?: string; jwks?: { keys: object[] } };

/** Which claims a scope stands for; those of `openid` are in the ID token too. xID's userinfo says nothing of a person. */
const SCOPES: Record<Shape, Record<string, string[]>> = {
  'digital agency': { openid: ['sub'], name: ['name'], address: ['address'], birthdate: ['birthdate'], gender: ['gender'] },
  xID: { openid: ['sub', 'XID_verified'], verification: [] },
  usual: { openid: ['sub'], profile: ['name', 'birthdate', 'gender'], address: ['address'] },
};

/** Claims in the forms of each shape. */
const CLAIMS: Record<Shape, (person: Resident) => Record<string, string | object>> = {
  'digital agency': ({ name, address, birthdate, gender }) => ({ name, address, birthdate: birthdate.replaceAll('-', ''), gender }),
  xID: ({ name, address, birthdate, gender }) => {
    const [, prefecture, city, street] = address.match(/^(.+?[都道府県])(.+?[市町村])(.+)$/) ?? [];
    const flags = Array.from(address, (character) => (character === SUBSTITUTE ? '1' : '0')).join('');
    const [last_name = '', first_name = ''] = name.split('　');
    const [year = '', month = '', date = ''] = birthdate.split('-').map((piece) => String(Number(piece)));
    return { last_name, first_name, year, month, date, gender, prefecture, city, address: street, sub_char_address: flags };
  },
  usual: ({ name, address, birthdate }) => ({ name, address: { formatted: address, country: 'JP' }, birthdate, gender: 'female' }),
};

/** Fields of userdata that are never sealed. */
const IN_CLEAR = ['last_name', 'first_name'];

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
const pairwise = (accountId: string, clientId = '') => digest(`${accountId} ${clientId}`);
const privateJwk = (kid: string, key: ReturnType<typeof generateKeyPairSync>['privateKey']) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' });

export class Upstream {
  readonly issuer: string;
  /** Whose card lies on the reader. */
  card: Resident | undefined;
  /** The public key to which fields are sealed, in base64. */
  fieldKey = '';
  /** A field that is not sealed all the same. */
  inClear: string | undefined;
  /** When the provider looked at the card whose contents it keeps. */
  readonly verifiedAt = new Date(Date.now() - 40 * 24 * 3600 * 1000);
  readonly #close: () => void;

  private constructor(issuer: string, close: () => void) {
    [this.issuer, this.#close] = [issuer, close];
  }

  static async start(shape: Shape, client: Client): Promise<Upstream> {
    const port = await freePort();
    const people = new Map<string, Resident>();
    const provider = new Provider(`http://127.0.0.1:${port}`, configuration(shape, client, people));
    const answer = provider.callback();
    const server = createServer((request, response) => {
      const own = request.url?.startsWith('/sign-in/') ? signIn : request.url === '/userdata' ? userdata : undefined;
      if (!own) return answer(request, response);
      own(request, response).catch((error) => response.writeHead(500).end(String(error)));
    });
    const upstream = new Upstream(provider.issuer, () => server.close());

    async function signIn(request: IncomingMessage, response: ServerResponse) {
      const person = upstream.card;
      await provider.interactionDetails(request, response);
      if (request.method !== 'POST') return response.setHeader('content-type', 'text/html').end(PAGE);
      if (!person) return provider.interactionFinished(request, response, { error: 'access_denied' });
      const accountId = digest(`${person.name} ${person.birthdate}`);
      people.set(accountId, person);
      await provider.interactionFinished(request, response, { login: { accountId, acr: shape === 'xID' ? undefined : LEVEL[shape], amr: ['sc', 'pin'], remember: false } });
    }

    async function userdata(request: IncomingMessage, response: ServerResponse) {
      const token = await provider.AccessToken.find(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
      const person = people.get(token?.accountId ?? '');
      if (!token?.scopes.has('verification') || !person) return response.writeHead(401).end();
      await sodium.ready;
      const key = sodium.from_base64(upstream.fieldKey, sodium.base64_variants.ORIGINAL);
      const sealed = (text: string) => Buffer.concat([randomBytes(24), sodium.crypto_box_seal(text, key)]).toString('base64');
      const isSealed = (name: string) => !IN_CLEAR.includes(name) && name !== upstream.inClear;
      const fields = Object.entries(CLAIMS[shape](person)).map(([name, value]) => [name, isSealed(name) ? sealed(String(value)) : value]);
      const verified_at = Math.floor(upstream.verifiedAt.getTime() / 1000);
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...Object.fromEntries(fields), verified_at }));
    }

    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    return upstream;
  }

  stop = () => this.#close();
}

const PAGE = '<!doctype html><html lang="en"><title>Sign in</title><form method="post"><button id="upstream-sign-in">Read the card</button></form></html>';

function configuration(shape: Shape, client: Client, people: Map<string, Resident>): Configuration {
  const agency = shape === 'digital agency';
  return {
    clients: [
      {
        ...client,
        token_endpoint_auth_method: agency ? 'private_key_jwt' : 'client_secret_basic',
        ...(agency ? { token_endpoint_auth_signing_alg: 'ES256' } : {}),
        id_token_signed_response_alg: agency ? 'ES256' : 'RS256',
        subject_type: 'pairwise',
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: {
      keys: [
        privateJwk('elliptic', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
        privateJwk('rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
      ],
    },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    acrValues: { 'digital agency': ['aal3', 'crl'], xID: [], usual: [LEVEL.usual] }[shape],
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: async (_context, accountId, { clientId }) => pairwise(accountId, clientId),
    scopes: Object.keys(SCOPES[shape]),
    claims: SCOPES[shape],
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    // The town's key is fetched from this machine, which the library's own dispatcher would not connect to.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
    // Who signs in here has agreed: what is passed on is the gateway's to ask.
    async loadExistingGrant(context) {
      const { Grant } = context.oidc.provider;
      const grant = new Grant({ clientId: context.oidc.client?.clientId, accountId: context.oidc.session?.accountId });
      grant.addOIDCScope(Object.keys(SCOPES[shape]).join(' '));
      await grant.save();
      return grant;
    },
    findAccount: async (_context, accountId) => {
      const person = people.get(accountId);
      return person && { accountId, claims: async () => ({ sub: accountId, XID_verified: true, ...CLAIMS[shape](person) }) };
    },
  };
}
