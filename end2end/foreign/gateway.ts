// The gateway from outside: the demo that runs, and clients that an operator takes in from a file.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Resident } from '../fixtures/resident.ts';
import { type Page } from './browser.ts';

/** Client metadata of RFC 7591 and of what adds to it. */
export type Metadata = { client_id?: string; client_secret?: string; redirect_uris: string[] } & Record<string, unknown>;

const data = process.env.DATA_DIRECTORY ?? new URL('../../data', import.meta.url).pathname;
const program = process.env.PROGRAM;

/** Without the program, at a server that was started by hand, there is nobody who could register a client. */
export const canRegister = program !== undefined;

const towns: { slug: string; issuer: string }[] = JSON.parse(readFileSync(`${data}/demo.json`, 'utf8')).towns;

export function issuerOf(slug: string): string {
  const town = towns.find((known) => known.slug === slug);
  if (!town) throw new Error(`the demo has no town ${slug}`);
  return town.issuer;
}

/** The town at which clients are tried, and its issuer. */
export const TOWN = 'showa';
export const issuer = issuerOf(TOWN);

/** Nothing listens here: responses are taken from the browser's address. */
export const SERVICE = 'https://service.example';

/** `machikagi …`; what it said, or an error with it. */
export function machikagi(command: string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(program ?? '', command, { cwd: dirname(data), input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`machikagi ${command.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** Registers a client, as an operator does; the answer is what the client has to know. */
export function register(metadata: Metadata, town = TOWN): Metadata & { client_id: string } {
  const file = JSON.stringify({ client_id: `foreign-${randomBytes(8).toString('hex')}`, ...metadata });
  const [registered] = JSON.parse(machikagi(['relying-party', 'import', '-', '--tenant', town], file));
  return { ...metadata, ...registered };
}

/** From the card's page, with this card. */
export const readCard = (page: Page, { name, address, birthdate, gender }: Resident) =>
  page.submit('#card-read', { person: 'typed', name, address, birthdate, gender, pin: '1234' });

/** A whole sign-in: the card, and consent where it is asked for. */
export async function signIn(page: Page, resident: Resident): Promise<Page> {
  const decided = await readCard(page, resident);
  return decided.has('#consent-approve') ? decided.submit('#consent-approve') : decided;
}
