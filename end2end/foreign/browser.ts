// A browser that knows forms, links and cookies, and no script: all that a resident needs here. A sign-in with it takes
// milliseconds, so that every client can walk through its own.
import { type APIRequestContext, request } from '@playwright/test';
import { type CheerioAPI, load } from 'cheerio';

const LONGEST_CHAIN = 20;

/** What the browser shows: a page, or an address at which this machine has nobody, where a service would be. */
export class Page {
  readonly #browser: Browser;
  readonly url: URL;
  readonly status: number | undefined;
  readonly $: CheerioAPI;

  constructor(browser: Browser, url: URL, status?: number, html = '') {
    this.#browser = browser;
    this.url = url;
    this.status = status;
    this.$ = load(html);
  }

  has = (selector: string) => this.$(selector).length > 0;
  text = (selector: string) => this.$(selector).text().trim();

  /** Presses a button of a form, after filling its fields in by name. */
  async submit(button: string, fields: Record<string, string> = {}): Promise<Page> {
    const pressed = this.#one(button);
    const form = pressed.closest('form');
    const filled = new URLSearchParams(form.serializeArray().map(({ name, value }) => [name, value]));
    for (const [name, value] of Object.entries(fields)) {
      if (form.find(`[name="${name}"]`).length === 0) throw new Error(`${this.url}: the form has no ${name}`);
      filled.set(name, value);
    }
    const name = pressed.attr('name');
    if (name) filled.append(name, pressed.attr('value') ?? '');
    const action = new URL(form.attr('action') ?? '', this.url);
    if (form.attr('method')?.toLowerCase() === 'post') return this.#browser.open(action, filled);
    action.search = filled.toString();
    return this.#browser.open(action);
  }

  follow = (link: string) => this.#browser.open(new URL(this.#one(link).attr('href') ?? '', this.url));

  #one(selector: string) {
    const found = this.$(selector);
    if (found.length !== 1) throw new Error(`${this.url}: ${found.length} of ${selector}: ${this.text('body').slice(0, 400)}`);
    return found;
  }
}

export class Browser {
  #session: Promise<APIRequestContext> | undefined;
  readonly #nobodyAt: string;

  /** @param nobodyAt where addresses begin that are looked at and not opened */
  constructor(nobodyAt = 'https://service.example/') {
    this.#nobodyAt = nobodyAt;
  }

  /** Opens an address, or posts a form to it; ends where no redirect leads further. */
  async open(address: URL | string, form?: URLSearchParams): Promise<Page> {
    this.#session ??= request.newContext({ extraHTTPHeaders: { accept: 'text/html', 'accept-language': 'ja' } });
    const session = await this.#session;
    let [url, body] = [new URL(address), form];
    for (let step = 0; step < LONGEST_CHAIN; step += 1) {
      if (url.href.startsWith(this.#nobodyAt)) return new Page(this, url);
      const sent = body && { method: 'POST', data: body.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      const answer = await session.fetch(url.href, { ...sent, maxRedirects: 0 });
      const { location } = answer.headers();
      if (!location || answer.status() < 300 || answer.status() > 399) return new Page(this, url, answer.status(), await answer.text());
      // 307 and 308 would send the form once more, to wherever the address says; nobody here has a reason to.
      if (answer.status() > 303) throw new Error(`${url}: redirected by ${answer.status()}`);
      [url, body] = [new URL(location, url), undefined];
    }
    throw new Error(`${address}: redirected in a circle`);
  }
}
