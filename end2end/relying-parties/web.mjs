// The little of a web server that the samples need: sessions in memory, forms, pages. Nothing about OpenID is in here.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const SESSION_HOURS = 8;
const MOST_SESSIONS = 10_000;
const style = readFileSync(new URL('style.css', import.meta.url));

/** Text that is safe inside an element or a quoted attribute. `html` calls it for every value that is not itself `html`. */
const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

class Html extends String {}
const render = (value) => {
  if (value instanceof Html) return value;
  if (Array.isArray(value)) return value.map(render).join('');
  return value === undefined || value === null || value === false ? '' : escape(value);
};
export const html = (strings, ...values) => new Html(String.raw({ raw: strings }, ...values.map(render)));

export const redirect = (location) => ({ status: 303, headers: { location: String(location) } });

/** A whole page. `service` and `town` are its head; `main` is html. */
export function page(status, { title, service, town, home, theme, main }) {
  const body = html`<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} | ${town} ${service}</title><link rel="stylesheet" href="/style.css">
</head>
<body class="${theme}">
<a class="skip" href="#main">本文へ</a>
<header><a href="${home}"><span class="town">${town}</span> <span class="service">${service}</span></a><span class="sample">見本のサービス</span></header>
<main id="main"><h1>${title}</h1>
${main}</main>
<footer>これは、街鍵につなぐサービスの見本です。プログラムを終えると、記録はすべて消えます。</footer>
</body>
</html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: String(body) };
}

/** Sessions of browsers, held in memory and found by a random cookie. */
class Sessions {
  #byId = new Map();
  #cookie;

  constructor(cookie) {
    this.#cookie = cookie;
  }

  open(request, response) {
    const id = request.headers.cookie?.match(new RegExp(`(?:^|; )${this.#cookie}=([\\w-]+)`))?.[1];
    const found = this.#byId.get(id);
    if (found && found.openedAt > Date.now() - SESSION_HOURS * 3_600_000) return found;
    this.#byId.delete(id);
    if (this.#byId.size >= MOST_SESSIONS) this.#byId.delete(this.#byId.keys().next().value);
    const session = { openedAt: Date.now() };
    this.renew(session, response);
    return session;
  }

  /** Every open session, for what is told about somebody who is not here. */
  all() {
    return [...this.#byId.values()];
  }

  /** A new id for the same session, at sign-in: an id that somebody planted beforehand is worth nothing. */
  renew(session, response) {
    this.#byId.delete(session.id);
    session.id = randomBytes(24).toString('base64url');
    this.#byId.set(session.id, session);
    // Lax, not Strict: the way back from the sign-in is a navigation from another site and has to find the session.
    response.setHeader('set-cookie', `${this.#cookie}=${session.id}; Path=/; HttpOnly; SameSite=Lax`);
  }
}

async function readBody(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > 10_000) return undefined;
  }
  return text;
}

/**
 * Serves `routes`: { 'GET /:town/sign-in': async ({ params, session, form, url, origin, renewSession }) => page | redirect }.
 * The method NOTICE is a POST from another server, which has no browser's session: { params, body, sessions }.
 * `cookie` is the session cookie's name: cookies ignore ports, so that every service on one host needs a name of its own.
 */
export function serve({ host, port }, cookie, routes, notFound) {
  const sessions = new Sessions(cookie);
  const origin = `http://${host}:${port}`;
  const table = Object.entries(routes).map(([route, handler]) => {
    const [method, path] = route.split(' ');
    const notice = method === 'NOTICE';
    return { method: notice ? 'POST' : method, notice, pattern: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[\\w-]+)')}$`), handler };
  });

  async function answer(request, response) {
    const url = new URL(request.url, origin);
    if (url.pathname === '/style.css') return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8' }, body: style };
    for (const { method, notice, pattern, handler } of table) {
      const match = url.pathname.match(pattern);
      if (method !== request.method || !match) continue;
      let body = '';
      if (method === 'POST') {
        // A form of ours says so; another site's page cannot press our buttons.
        if (!notice && request.headers.origin !== origin) return { status: 403, headers: {}, body: 'forbidden' };
        body = await readBody(request);
        if (body === undefined) return { status: 413, headers: {}, body: 'too large' };
      }
      if (notice) return (await handler({ params: match.groups, body, sessions: sessions.all() })) ?? notFound();
      const session = sessions.open(request, response);
      const form = new URLSearchParams(body);
      const answered = await handler({ params: match.groups, url, origin, form, session, renewSession: () => sessions.renew(session, response) });
      if (answered) return answered;
    }
    return notFound();
  }

  createServer(async (request, response) => {
    try {
      const { status, headers, body } = await answer(request, response);
      response.writeHead(status, {
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        ...headers,
      });
      response.end(body);
    } catch (error) {
      console.error(error);
      response.writeHead(500).end('internal error');
    }
  }).listen(port, host, () => console.log(`listening on ${origin}`));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
}
