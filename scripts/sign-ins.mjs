#!/usr/bin/env node
// Prints where the demo is and who can sign in, with the one-time codes of this moment. `make code` prints it again.
import { readFileSync } from 'node:fs';
import { currentCode, secondsLeft } from '../end2end/fixtures/one-time-code.mjs';

const file = process.argv[2] ?? 'data/demo.json';
let demo;
try {
  demo = JSON.parse(readFileSync(file, 'utf8'));
} catch {
  console.error(`✗ ${file} is not there yet: 'make serve' writes it.`);
  process.exit(1);
}

const origins = new Set(demo.towns.flatMap((town) => town.relying_parties.map((party) => new URL(party.redirect_uri).origin)));
console.log(`\n街鍵 Machikagi   ${demo.base_url}\nStaff sign-in    ${demo.base_url}/account/sign-in`);
console.log(`Sample services  ${[...origins].join('  ')}`);
for (const town of demo.towns) {
  console.log(`\n${town.name} (${town.slug})`);
  console.log(`  residents  ${demo.base_url}/t/${town.slug}    issuer ${town.issuer}`);
  for (const party of town.relying_parties) console.log(`  ${party.name}  ${party.start_url}`);
  console.log(`  console    ${demo.base_url}/console/${town.slug}`);
  for (const person of town.staff) {
    console.log(`    ${person.role.padEnd(9)} ${person.mail}  password ${person.password}  code ${currentCode(person.totp_secret)}`);
  }
}
console.log(`\nThe codes change in ${secondsLeft()} seconds; 'make code' prints fresh ones. Each works once.`);
