// An app on a person's own device: it opens the system's browser, listens on a port of its own, and goes on without it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, test } from '../fixtures/index.ts';
import { canRunTheProgram, run } from '../fixtures/later.ts';
import { invent, readCard } from '../fixtures/resident.ts';

const sample = (file: string) => new URL(`../relying-parties/${file}`, import.meta.url).pathname;

test.skip(!canRunTheProgram, 'the app is registered by the program');

test('an app signs in by the browser, refreshes without it, and signs out', async ({ page, town }) => {
  // From an earlier run it may be there already.
  run(0, 'relying-party', 'import', sample('native.json'), '--tenant', 'showa');
  const app = spawn(process.execPath, [sample('native.mjs'), town('showa').issuer, 'showa-library-app'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const said = createInterface({ input: app.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await said.next()).value ?? '{}');

    const { what, url } = await next();
    expect(what).toBe('open');
    await page.goto(url);
    await readCard(page, invent());
    await expect(page.getByText('あなたが操作していないときも')).toBeVisible();
    await page.locator('#consent-approve').click();
    await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/callback\?code=/);
    await expect(page.locator('body')).toContainText('アプリに戻ってください');

    expect(await next()).toMatchObject({ what: 'signed_in', token_type: 'dpop', scope: 'openid residency offline_access' });
    expect(await next()).toEqual({ what: 'refreshed', rotated: true, eligible: true });
    expect(await next()).toEqual({ what: 'signed_out', over: 'invalid_grant' });
  } finally {
    app.kill();
  }
});
