// The demo's addresses and credentials, as the seed wrote them; README.md describes the file.
import { readFileSync } from 'node:fs';

const file = process.env.DEMO_FILE ?? new URL('../../data/demo.json', import.meta.url).pathname;

/**
 * What a sample service needs before it can start: the towns that connect one of these keys,
 * [{ slug, name, issuer, relyingParties: { key: registration } }], and the address to listen on.
 */
export function demoTowns(...keys) {
  let towns;
  try {
    ({ towns } = JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return stop(`${file} cannot be read (${error.message}). 'make serve' writes it.`);
  }
  const connected = towns
    .map(({ slug, name, issuer, relying_parties }) => ({
      slug,
      name,
      issuer,
      relyingParties: Object.fromEntries(relying_parties.filter(({ key }) => keys.includes(key)).map((party) => [party.key, party])),
    }))
    .filter(({ relyingParties }) => Object.keys(relyingParties).length > 0);
  if (connected.length === 0) return stop(`${file} connects no town to ${keys.join(' or ')}.`);
  // Host and port are those of the redirect URIs, so that they are written down in one place only.
  const { hostname, port } = new URL(Object.values(connected[0].relyingParties)[0].redirect_uri);
  return { towns: connected, address: { host: hostname, port: Number(port) } };
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
