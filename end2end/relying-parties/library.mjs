// The sample e-library (電子図書館). It knows its readers by a pseudonym that no other service has, and nothing more.
// A loan is kept only while it runs, with the book: there is no list by reader, and after the return nobody, the library
// included, can tell who read what. A number of loans per book is all that stays. The town tells it when somebody withdraws the
// consent or deletes the town ID; then it forgets the pseudonym, with whatever is still lent.
import { demoTowns } from './demo.mjs';
import { RESIDENCY, RelyingParty, SignInRefused, eventRefusal, residency } from './relying-party.mjs';
import { refusal } from './refusals.mjs';
import { html, page, redirect, serve } from './web.mjs';

const COPIES = 3;
const BOOKS = [
  { id: 'karamushi', title: 'からむし織の一年', author: '山の手しごと会' },
  { id: 'yukiguni', title: '雪国のくらしと食', author: '奥会津の食を伝える会' },
  { id: 'hoshizora', title: 'はじめての星空ノート', author: '高原の天文台' },
  { id: 'washi', title: '和紙をすく', author: '美濃の紙すき仲間' },
  { id: 'hamono', title: '刃物の町を歩く', author: '関まち歩きの会' },
  { id: 'tonegawa', title: '利根川と水のめぐみ', author: '五霞の郷土史会' },
];

const { towns, address } = demoTowns('library');
const libraries = new Map(towns.map((town) => [town.slug, openLibrary(town)]));

function openLibrary(town) {
  const shelf = new Map(BOOKS.map((book) => [book.id, { ...book, readers: new Set(), lent: 0 }]));
  return { town, shelf, party: new RelyingParty(town.issuer, town.relyingParties.library) };
}

const show = (library, { status = 200, title, main }) =>
  page(status, { title, main, town: library.town.name, service: '電子図書館', home: `/${library.town.slug}`, theme: 'library' });

const refused = (library, error) => {
  const home = `/${library.town.slug}`;
  return show(library, refusal(error, { home, signIn: `${home}/sign-in` }));
};

/** What the town tells about a reader, and what follows. */
const EVENTS = {
  'urn:machikagi:events:consent-withdrawn': forget,
  'https://schemas.openid.net/secevent/risc/event-type/account-purged': forget,
  'urn:machikagi:events:eligibility-ended': borrowNoMore,
};

const sessionsOf = (sub, { slug }, sessions) => sessions.filter((session) => session[slug]?.claims.sub === sub);

function forget({ town, shelf }, sub, sessions) {
  for (const book of shelf.values()) book.readers.delete(sub);
  for (const session of sessionsOf(sub, town, sessions)) {
    delete session[town.slug];
    session.forgotten = town.slug;
  }
}

/** What is lent can still be returned. */
function borrowNoMore({ town }, sub, sessions) {
  for (const session of sessionsOf(sub, town, sessions)) {
    const reader = session[town.slug];
    reader.claims = { ...reader.claims, [RESIDENCY]: { eligible: false } };
  }
}

/** Runs the handler with the library of the address; a refused sign-in becomes a page. */
const within = (handler) => async (request) => {
  const library = libraries.get(request.params.town);
  if (!library) return undefined;
  try {
    return await handler(library, request, request.session[library.town.slug]);
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error;
    if (error.reason === 'failed') console.error(error.cause?.code ?? error.cause?.name);
    if (error.reason === 'token_ended') delete request.session[library.town.slug];
    return refused(library, error);
  }
};

const shelfPage = (library, { session }, reader) =>
  show(library, {
    title: '本だな',
    main: html`${session.forgotten === library.town.slug && forgotten(library)}${reader ? readerPanel(library, reader) : invitation(library)}
<ul class="cards">${[...library.shelf.values()].map((book) => bookCard(library, book, reader))}</ul>`,
  });

const invitation = ({ town }) => html`<p class="lead">本を借りるには、${town.name}の共通IDでサインインしてください。名前も住所も、この図書館には伝わりません。</p>
<p class="actions"><a class="button" href="/${town.slug}/sign-in">${town.name}の共通IDでサインインする</a></p>`;

const forgotten = ({ town }) => html`<p class="panel" role="status" data-testid="forgotten">同意が終わったという知らせが、${town.name}から届きました。この図書館は、あなたの番号と、借りていた本の記録を消しました。</p>`;

const readerPanel = ({ town }, { claims }) => html`<section class="panel" aria-labelledby="known">
<h2 id="known">この図書館が知っていること</h2>
<dl>
<dt>あなたの番号(仮名)</dt><dd><code data-testid="sub">${claims.sub}</code></dd>
<dt>利用資格</dt><dd data-testid="eligible">${residency(claims)?.eligible ? 'あり' : 'なし'}</dd>
<dt>期限</dt><dd>${residency(claims)?.valid_until ?? '伝えられていません'}</dd>
</dl>
<p>名前、住所、生年月日、カードの番号は、ここにはありません。</p>
<form method="post" action="/${town.slug}/check"><button class="quiet">利用資格を確かめる</button></form>
<form method="post" action="/${town.slug}/sign-out"><button class="quiet">サインアウトする</button></form>
<p><a href="/${town.slug}/leave">${town.name}の共通IDからもサインアウトする</a></p>
</section>`;

function bookCard({ town }, book, reader) {
  const mine = reader && book.readers.has(reader.claims.sub);
  const free = COPIES - book.readers.size;
  const act = (verb, label) => html`<form method="post" action="/${town.slug}/${verb}"><button name="book" value="${book.id}" aria-label="${`『${book.title}』を${label}`}">${label}</button></form>`;
  return html`<li class="card" data-book="${book.id}"><h2>${book.title}</h2><p class="muted">${book.author}</p>
<p>${mine ? 'あなたが借りています' : free > 0 ? `あと${free}冊あります` : 'すべて貸出中です'}</p>
${mine ? act('return', '返す') : reader && free > 0 && act('borrow', '借りる')}</li>`;
}

serve(
  address,
  'library',
  {
    'GET /:town': within(shelfPage),

    'GET /:town/sign-in': within(async ({ party }, { session }) => redirect(await party.start(session))),

    'GET /:town/callback': within(async ({ town, party }, { session, url, renewSession }) => {
      // Only claims and token are kept, and those only for this browser's session.
      session[town.slug] = await party.finish(session, url);
      delete session.forgotten;
      renewSession();
      return redirect(`/${town.slug}`);
    }),

    'POST /:town/borrow': within(({ town, shelf }, { form }, reader) => {
      if (!reader) return redirect(`/${town.slug}/sign-in`);
      const book = shelf.get(form.get('book'));
      if (!residency(reader.claims)?.eligible) throw new SignInRefused('not_eligible');
      if (book && book.readers.size < COPIES && !book.readers.has(reader.claims.sub)) {
        book.readers.add(reader.claims.sub);
        book.lent += 1;
      }
      return redirect(`/${town.slug}`);
    }),

    'POST /:town/return': within(({ town, shelf }, { form }, reader) => {
      // The only trace of who had the book goes with it.
      if (reader) shelf.get(form.get('book'))?.readers.delete(reader.claims.sub);
      return redirect(`/${town.slug}`);
    }),

    // Asks the town whether consent and eligibility still stand; a service may do so before anything that matters.
    'POST /:town/check': within(async (library, _request, reader) => {
      if (!reader) return redirect(`/${library.town.slug}/sign-in`);
      await library.party.userinfo(reader.accessToken, reader.claims.sub);
      return show(library, {
        title: '利用資格を確かめました',
        main: html`<p class="lead" data-testid="still-valid">いまも使えます。</p><p><a href="/${library.town.slug}">本だなへ戻る</a></p>`,
      });
    }),

    // Ends the session here and at the town, which tells the other services of this browser.
    'GET /:town/leave': within(async ({ town, party }, { session, origin }, reader) => {
      delete session[town.slug];
      return redirect(reader ? await party.leave(reader.idToken, `${origin}/${town.slug}`) : `/${town.slug}`);
    }),

    // The town tells us that a session ended there: whoever was signed in with it is signed out here.
    'NOTICE /:town/signed-out': async ({ params, body, sessions }) => {
      const library = libraries.get(params.town);
      if (!library) return undefined;
      const sid = await library.party.endedSession(new URLSearchParams(body).get('logout_token') ?? '').catch(() => undefined);
      if (!sid) return { status: 400, headers: {}, body: '' };
      for (const session of sessions) if (session[params.town]?.claims.sid === sid) delete session[params.town];
      return { status: 200, headers: {}, body: '' };
    },

    // The town tells us what became of a reader. 202 says that it is done; an event that is sent again finds nothing more to do.
    'NOTICE /:town/events': async ({ params, body, sessions }) => {
      const library = libraries.get(params.town);
      if (!library) return undefined;
      try {
        const { sub, types } = await library.party.event(body);
        for (const type of sub ? types : []) EVENTS[type]?.(library, sub, sessions);
        return { status: 202, headers: {} };
      } catch (error) {
        return { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify(eventRefusal(error)) };
      }
    },

    // Ends the session here and nowhere else.
    'POST /:town/sign-out': within(({ town }, { session }) => {
      delete session[town.slug];
      return redirect(`/${town.slug}`);
    }),

    'GET /:town/counts': within((library) =>
      show(library, {
        title: '貸出の数',
        main: html`<p>だれが借りたかは、返すと消えます。残るのは数だけです。</p>
<table><thead><tr><th scope="col">本</th><th scope="col">貸した数</th></tr></thead>
<tbody>${[...library.shelf.values()].map(({ title, lent }) => html`<tr><th scope="row">${title}</th><td>${lent}</td></tr>`)}</tbody></table>`,
      }),
    ),
  },
  () =>
    page(404, {
      title: '図書館を選んでください',
      town: '',
      service: '電子図書館',
      home: '/',
      theme: 'library',
      main: html`<ul>${towns.map(({ slug, name }) => html`<li><a href="/${slug}">${name} 電子図書館</a></li>`)}</ul>`,
    }),
);
