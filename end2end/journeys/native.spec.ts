// An app on a person's own device: it opens the system's browser, takes the answer at an address of its own, and goes on without it.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Page } from '@playwright/test';
import { expect, test as base } from '../fixtures/index.ts';
import { canRunTheProgram, run } from '../fixtures/later.ts';
import { invent, readCard, SHOWA, TSUNO } from '../fixtures/resident.ts';

const sample = (file: string) => new URL(`../relying-parties/${file}`, import.meta.url).pathname;

const SCHEME = 'jp.example.tosho:/callback';

/** Apps of two services, each with an https link that the system knows to be its own. */
const LIBRARY = { town: 'showa', lives: SHOWA, metadata: 'native.json', id: 'showa-library-app', link: 'https://tosho.example.jp/app/callback' };
const POINTS = { town: 'tsuno', lives: TSUNO, metadata: 'native-points.json', id: 'tsuno-points-app', link: 'https://points.example.jp/app/callback' };

/** The app that runs, and what it says. */
class App {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #said: AsyncIterator<string>;

  constructor(issuer: string, id: string, ownAddress?: string) {
    const command = [sample('native.mjs'), issuer, id, ...(ownAddress ? [ownAddress] : [])];
    this.#process = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] }) as ChildProcessWithoutNullStreams;
    this.#said = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  next = async () => JSON.parse((await this.#said.next()).value ?? '{}');

  /** The address that it wants the system's browser to open. */
  async asks(): Promise<string> {
    const { what, url } = await this.next();
    expect(what).toBe('open');
    return url;
  }

  /** What the system does with an address that belongs to the app. */
  isHanded = (address: string) => this.#process.stdin.write(`${address}\n`);

  async goesOnAlone() {
    expect(await this.next()).toMatchObject({ what: 'signed_in', token_type: 'dpop', scope: 'openid residency offline_access' });
    expect(await this.next()).toEqual({ what: 'refreshed', rotated: true, eligible: true });
    expect(await this.next()).toEqual({ what: 'signed_out', over: 'invalid_grant' });
  }

  end = () => this.#process.kill();
}

const test = base.extend<{ open: (ownAddress?: string, which?: typeof LIBRARY) => App }>({
  open: async ({ town }, use) => {
    const apps: App[] = [];
    await use((ownAddress, which = LIBRARY) => {
      // From an earlier run it may be there already.
      run(0, 'relying-party', 'import', sample(which.metadata), '--tenant', which.town);
      const app = new App(town(which.town).issuer, which.id, ownAddress);
      apps.push(app);
      return app;
    });
    for (const app of apps) app.end();
  },
});

test.skip(!canRunTheProgram, 'the app is registered by the program');

async function agree(page: Page) {
  await expect(page.getByText('あなたが操作していないときも')).toBeVisible();
  await page.locator('#consent-approve').click();
}

test('an app listens on a port of the device, and goes on without the browser', async ({ page, open }) => {
  const app = open();
  await page.goto(await app.asks());
  await readCard(page, invent());
  await agree(page);
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/callback\?code=/);
  await expect(page.locator('body')).toContainText('アプリに戻ってください');
  await app.goesOnAlone();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('an app has a scheme of its own: a page leads there, and asks each time', { tag: '@phone' }, async ({ page, open, expectAccessible }) => {
      const first = open(SCHEME);
      await page.goto(await first.asks());
      await readCard(page, invent());
      await agree(page);
      const link = page.locator('#open-app');
      await expect(link).toHaveAttribute('href', new RegExp(`^${SCHEME}\\?code=`));
      await expectAccessible(page);
      first.isHanded((await link.getAttribute('href')) ?? '');
      await first.goesOnAlone();

      // Any app may claim a scheme: a session that is open and a consent that stands are no answer to who asks.
      const second = open(SCHEME);
      await page.goto(await second.asks());
      await expect(page.locator('#consent-approve')).toBeVisible();
      await page.locator('#consent-refuse').click();
      await expect(link).toHaveAttribute('href', new RegExp(`^${SCHEME}\\?error=access_denied&`));
    });
  });
}

for (const which of [LIBRARY, POINTS]) {
  test(`${which.id} has an https link, which the system knows to be its own: nobody is asked twice`, async ({ page, open }) => {
    // The system takes it before the browser opens it; nobody is there.
    const taken = () => page.waitForRequest((request) => request.url().startsWith(`${which.link}?`)).then((request) => request.url());
    const first = open(which.link, which);
    await page.goto(await first.asks());
    await readCard(page, invent(which.lives));
    const [address] = await Promise.all([taken(), agree(page)]);
    first.isHanded(address);
    await first.goesOnAlone();

    const second = open(which.link, which);
    const url = await second.asks();
    const [again] = await Promise.all([taken(), page.goto(url).catch(() => undefined)]);
    second.isHanded(again);
    expect(await second.next()).toMatchObject({ what: 'signed_in', scope: 'openid residency' });
  });
}
