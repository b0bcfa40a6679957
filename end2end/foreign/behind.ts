// A gateway of its own behind an Apache that ends TLS, and a service behind https too: all certificates come from an authority that
// is made here, and that neither the machine nor the browser knows.
import { type ChildProcess, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, Agent, request as askInClear } from 'node:http';
import { Agent as TlsAgent, request as askOverTls } from 'node:https';
import { tmpdir } from 'node:os';
import { test as onDemo } from '../fixtures/index.ts';
import { TOWN } from './gateway.ts';
import { freePort, start, stop } from './processes.ts';

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** Requests a second from one address: few, so that too many are soon sent, and ten times as many at once are still a sign-in. */
const A_SECOND = 10;

const own = (file: string) => new URL(`proxy/${file}`, import.meta.url).pathname;

/** An example of `docs/running.md`, which is what runs here, with the values of this place. */
function example(language: string, values: Record<string, string>) {
  const page = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');
  let text = page.split(`\n\`\`\`${language}\n`)[1]?.split('\n```\n')[0] ?? '';
  for (const [example, value] of Object.entries(values)) {
    if (!text.includes(example)) throw new Error(`docs/running.md: its ${language} says nothing of ${example}`);
    text = text.replaceAll(example, value);
  }
  return text;
}

export class Place {
  readonly directory = mkdtempSync(`${tmpdir()}/machikagi-proxy-`);
  origin = '';
  service = '';
  clientId = `proxied-${randomBytes(6).toString('hex')}`;
  #listen = '';
  #environment: Record<string, string | undefined> = {};
  #running: ChildProcess[] = [];
  #agents = { inClear: new Agent({ keepAlive: true, maxSockets: 10 }), overTls: new TlsAgent({ keepAlive: true, maxSockets: 10 }) };

  get issuer() {
    return `${this.origin}/t/${TOWN}`;
  }

  get demo() {
    return JSON.parse(readFileSync(`${this.directory}/data/demo.json`, 'utf8'));
  }

  async open() {
    const [listen, metrics, apache, service] = [await freePort(), await freePort(), await freePort(), await freePort()];
    [this.origin, this.#listen, this.service] = [`https://localhost:${apache}`, `127.0.0.1:${listen}`, `https://127.0.0.1:${service}`];
    mkdirSync(`${this.directory}/data`);
    // Apache started as root goes on as www-data.
    chmodSync(this.directory, 0o755);
    const { authority, certificate, certificateKey } = this.#certificates();
    const configuration = `${this.directory}/machikagi.toml`;
    writeFileSync(
      configuration,
      `${example('toml', { 'https://id.example.jp': this.origin, '127.0.0.1:3000': this.#listen })}
master_key_file = "${this.directory}/data/master.key"

[outgoing]
ca_file = "${authority}"
provider_networks = ["127.0.0.0/8"]
service_networks = ["127.0.0.0/8"]

[limits]
address = ${A_SECOND}

[metrics]
listen = "127.0.0.1:${metrics}"

[sandbox]
card = true
`,
    );
    const database = `sqlite://${this.directory}/data/machikagi.db`;
    this.#environment = { ...process.env, MACHIKAGI_CONFIG: configuration, DATABASE_URL: database, DATABASE_OWNER_URL: undefined };
    this.machikagi(['seed-demo']);
    const site = {
      '*:443': `*:${apache}`,
      '/etc/ssl/certs/id.example.jp.pem': certificate,
      '/etc/ssl/private/id.example.jp.key': certificateKey,
      'id.example.jp': 'localhost',
      '127.0.0.1:3000': this.#listen,
    };
    writeFileSync(`${this.directory}/site.conf`, example('apache', site));
    const run = async (...program: Parameters<typeof start>) => this.#running.push(await start(...program));
    await run(process.env.PROGRAM ?? '', ['serve'], listen, { environment: this.#environment });
    await run('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', own('httpd.conf')], apache, {
      environment: { DIRECTORY: this.directory, PUBLIC_PORT: String(apache) },
    });
    await run(process.execPath, [own('service.mjs')], service, {
      input: JSON.stringify({ issuer: this.issuer, clientId: this.clientId, port: service, certificate, certificateKey }),
      environment: { NODE_EXTRA_CA_CERTS: authority },
    });
    this.register(this.clientId);
  }

  async close() {
    for (const agent of Object.values(this.#agents)) agent.destroy();
    for (const child of this.#running.reverse()) await stop(child);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /**
   * `machikagi …` in the gateway's environment. What is made for a demo, and addresses on this machine, need a developer's setting;
   * the server runs without it, as in operation.
   */
  machikagi(command: string[], input?: string, more: Record<string, string> = {}) {
    const env = { ...this.#environment, MACHIKAGI_DEVELOPMENT__ALLOW_LOOPBACK: 'true', ...more };
    const { status, stdout, stderr } = spawnSync(process.env.PROGRAM ?? '', command, { env, input, encoding: 'utf8' });
    if (status !== 0) throw new Error(`machikagi ${command.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Takes the service in: its addresses are asked, over https. */
  register(clientId: string, environment: Record<string, string> = {}) {
    const metadata = {
      client_id: clientId,
      client_name: 'A service behind https',
      redirect_uris: [`${this.service}/callback`],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: 'ES256',
      require_pushed_authorization_requests: true,
      jwks_uri: `${this.service}/jwks.json`,
      backchannel_logout_uri: `${this.service}/signed-out`,
      scope: 'openid residency name address',
      'urn:machikagi:events_delivery': 'push',
      'urn:machikagi:events_uri': `${this.service}/events`,
      'urn:machikagi:events': ['consent_withdrawn'],
    };
    return this.machikagi(['relying-party', 'import', '-', '--tenant', TOWN], JSON.stringify(metadata), environment);
  }

  /** An authority that signed nothing here. */
  strangeAuthority = () => this.#authority('strange').certificate;

  /** Asks the proxy, from an address of this machine. */
  overTls = (path: string, { from = '127.0.0.1', headers = {} } = {}) =>
    new Promise<Answer>((done, failed) => {
      const ca = readFileSync(`${this.directory}/authority.pem`);
      askOverTls(`${this.origin}${path}`, { agent: this.#agents.overTls, ca, headers, servername: 'localhost', localAddress: from, family: 4 }, (answer) => read(answer, done)).on('error', failed).end();
    });

  /** Asks the gateway where nobody but the proxy should get to. */
  inClear = (path: string, { from = '127.0.0.1', headers = {} } = {}) =>
    new Promise<Answer>((done, failed) => {
      askInClear(`http://${this.#listen}${path}`, { agent: this.#agents.inClear, headers, localAddress: from }, (answer) => read(answer, done)).on('error', failed).end();
    });

  #certificates() {
    const { certificate: authority, key } = this.#authority('authority');
    const [certificate, certificateKey] = [`${this.directory}/server.pem`, `${this.directory}/server.key`];
    openssl('-CA', authority, '-CAkey', key, '-out', certificate, '-keyout', certificateKey, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE');
    return { authority, certificate, certificateKey };
  }

  #authority(name: string) {
    const [certificate, key] = [`${this.directory}/${name}.pem`, `${this.directory}/${name}.key`];
    openssl('-out', certificate, '-keyout', key, '-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign');
    return { certificate, key };
  }
}

/** A certificate with a new key, its own or an authority's, for two days. */
function openssl(...options: string[]) {
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...options];
  const { status, stderr } = spawnSync('openssl', made, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
}

async function read(answer: AsyncIterable<Buffer> & { statusCode?: number; headers: IncomingHttpHeaders }, done: (answer: Answer) => void) {
  let body = '';
  for await (const piece of answer) body += piece;
  done({ status: answer.statusCode ?? 0, headers: answer.headers, body });
}

export const test = onDemo.extend<object, { place: Place }>({
  place: [
    async ({}, use) => {
      const place = new Place();
      try {
        await place.open();
        await use(place);
      } finally {
        await place.close();
      }
    },
    { scope: 'worker' },
  ],
  // Its staff, its towns, its addresses.
  demo: [async ({ place }, use) => use(place.demo), { scope: 'worker' }],
  baseURL: async ({ place }, use) => use(place.origin),
  // This browser has a list of authorities that no test can add to; services and gateway look at every certificate.
  ignoreHTTPSErrors: true,
});
