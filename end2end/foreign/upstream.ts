// npm `oidc-provider`, unmodified, as the service that knows who somebody is: in the shape of the Digital Agency's (the card is
// read, the address is one string, we prove ourselves by a signature) and in the usual one. Its only page is a button.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider, { type Configuration } from 'oidc-provider';
import { type Resident } from '../fixtures/resident.ts';
import { freePort } from './processes.ts';

export type Shape = 'digital agency' | 'usual';

/** The word for the level that a sign-in reaches. */
export const LEVEL: Record<Shape, string> = { 'digital agency': 'aal3', usual: 'https://levels.example/card' };

/** What the gateway is there: how it proves itself, and where it is answered. */
export type Client = { client_id: string; redirect_uris: string[]; client_secret?: string; jwks_uri?: string; jwks?: { keys: object[] } };

/** Claims in the forms of each shape. */
const CLAIMS: Record<Shape, (person: Resident) => Record<string, unknown>> = {
  'digital agency': ({ name, address, birthdate, gender }) => ({ name, address, birthdate: birthdate.replaceAll('-', ''), gender }),
  usual: ({ name, address, birthdate }) => ({ name, address: { formatted: address, country: 'JP' }, birthdate, gender: 'female' }),
};

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
const privateJwk = (kid: string, key: ReturnType<typeof generateKeyPairSync>['privateKey']) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' });

export class Upstream {
  readonly issuer: string;
  /** Whose card lies on the reader. */
  card: Resident | undefined;
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
      const interaction = request.url?.startsWith('/sign-in/');
      if (!interaction) return answer(request, response);
      signIn(request, response).catch((error) => response.writeHead(500).end(String(error)));
    });
    const upstream = new Upstream(provider.issuer, () => server.close());

    async function signIn(request: IncomingMessage, response: ServerResponse) {
      const person = upstream.card;
      await provider.interactionDetails(request, response);
      if (request.method !== 'POST') return response.setHeader('content-type', 'text/html').end(PAGE);
      if (!person) return provider.interactionFinished(request, response, { error: 'access_denied' });
      const accountId = digest(`${person.name} ${person.birthdate}`);
      people.set(accountId, person);
      await provider.interactionFinished(request, response, { login: { accountId, acr: LEVEL[shape], amr: ['sc', 'pin'], remember: false } });
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
    acrValues: agency ? ['aal3', 'crl'] : [LEVEL[shape]],
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: async (_context, accountId, { clientId }) => digest(`${accountId} ${clientId}`),
    claims: agency
      ? { openid: ['sub'], name: ['name'], address: ['address'], birthdate: ['birthdate'], gender: ['gender'] }
      : { openid: ['sub'], profile: ['name', 'birthdate', 'gender'], address: ['address'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    // The town's key is fetched from this machine, which the library's own dispatcher would not connect to.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
    // Who signs in here has agreed: what is passed on is the gateway's to ask.
    async loadExistingGrant(context) {
      const { Grant } = context.oidc.provider;
      const grant = new Grant({ clientId: context.oidc.client?.clientId, accountId: context.oidc.session?.accountId });
      grant.addOIDCScope(agency ? 'openid name address birthdate gender' : 'openid profile address');
      await grant.save();
      return grant;
    },
    findAccount: async (_context, accountId) => {
      const person = people.get(accountId);
      return person && { accountId, claims: async () => ({ sub: accountId, ...CLAIMS[shape](person) }) };
    },
  };
}
