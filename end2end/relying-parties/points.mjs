// Two sample services in one program, each an OpenID client of its own in each town:
// - health points (健康ポイント): walking earns つのコイン, credited to the town-wide ID;
// - e-application (電子申請): where it has the town-wide ID too, it finds the same coins; where the town gave it name and
//   address instead, it fills them into a form once and keeps neither.
import { demoTowns } from './demo.mjs';
import { RelyingParty, SignInRefused } from './relying-party.mjs';
import { refusal } from './refusals.mjs';
import { html, page, redirect, serve } from './web.mjs';

const STEPS_PER_COIN = 1_000;
const MOST_STEPS = 100_000;

const { towns, address } = demoTowns('points', 'application');
/** Steps a day, by the age group that the town tells in place of a birthdate. */
const GOALS = { '0-9': 10_000, '10-19': 10_000, '70-79': 6_000, '80-89': 4_000, '90+': 3_000 };
const USUAL_GOAL = 8_000;
/** The goal by town-wide ID. The age group is told once, and of it nothing but the goal is kept. */
const goals = new Map();
/** Coins by town and town-wide ID. */
const ledger = new Map(towns.map(({ slug }) => [slug, new Map()]));
let receipts = 0;

const services = new Map(
  towns.flatMap((town) =>
    Object.entries(town.relyingParties).map(([key, registration]) => {
      const home = key === 'points' ? `/${town.slug}` : `/${town.slug}/${key}`;
      const name = key === 'points' ? '健康ポイント' : '電子申請';
      return [home, { key, town, home, name, party: new RelyingParty(town.issuer, registration) }];
    }),
  ),
);

const show = (service, { status = 200, title, main }) =>
  page(status, { title, main, town: service.town.name, service: service.name, home: service.home, theme: service.key });

/** Runs the handler with the service of the address; a refused sign-in becomes a page. */
const within = (service, handler) => async (request) => {
  try {
    return await handler(service, request, request.session[service.home]);
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error;
    if (error.reason === 'failed') console.error(error.cause?.code ?? error.cause?.name);
    return show(service, refusal(error, { home: service.home, signIn: `${service.home}/sign-in` }));
  }
};

const coinsOf = (service, person) => ledger.get(service.town.slug).get(person.sub) ?? 0;

const invitation = (service, lead) => html`<p class="lead">${lead}</p>
<p class="actions"><a class="button" href="${service.home}/sign-in">${service.town.name}の共通IDでサインインする</a></p>`;

const idPanel = (service, person) => html`<section class="panel" aria-labelledby="known">
<h2 id="known">このサービスが知っていること</h2>
<dl><dt>あなたの番号(仮名)</dt><dd><code data-testid="sub">${person.sub}</code></dd>
${service.town.relyingParties.points && html`<dt>つのコイン</dt><dd data-testid="coins">${coinsOf(service, person)}枚</dd>`}</dl>
<form method="post" action="${service.home}/sign-out"><button class="quiet">サインアウトする</button></form>
</section>`;

const pointsPage = (service, person) =>
  show(service, {
    title: '歩いて、つのコインをためる',
    main: person
      ? html`${idPanel(service, person)}
<form class="panel" method="post" action="${service.home}/steps">
<p class="muted">1日の目標は<span data-testid="goal">${goals.get(person.sub) ?? USUAL_GOAL}</span>歩です。</p>
<label for="steps">きょう歩いた歩数</label><p class="muted" id="rule">${STEPS_PER_COIN}歩で1枚です。</p>
<input id="steps" name="steps" type="number" min="0" max="${MOST_STEPS}" required inputmode="numeric" aria-describedby="rule">
<button>記録する</button></form>`
      : invitation(service, '歩数を記録すると、町の店で使えるコインがたまります。'),
  });

const applicationPage = (service, person) =>
  show(service, {
    title: '申請をえらぶ',
    main: person
      ? html`${idPanel(service, person)}
${service.town.relyingParties.points && html`<p data-testid="same-id">健康ポイントと同じ番号なので、たまっているコインがここでもわかります。</p>`}
${applicationForm(service, {})}`
      : invitation(service, '役場へ行かずに、健康診査の申し込みができます。'),
  });

/** Attributes live in this page and nowhere else: not in the session, not in a file, not in a log. */
const applicationForm = (service, { name, address: home }) => html`<form class="panel" method="post" action="${service.home}/submit">
<h2>健康診査の申し込み</h2>
${name && html`<p data-testid="pre-filled">カードの内容を入れておきました。送るまでは、どこにも保存されません。</p>`}
<label for="name">名前</label><input id="name" name="name" autocomplete="name" required maxlength="100" value="${name ?? ''}">
<label for="address">住所</label><input id="address" name="address" autocomplete="street-address" required maxlength="200" value="${home?.formatted ?? ''}">
<button>申し込む</button></form>`;

const routesOf = (service) => ({
  [`GET ${service.home}`]: within(service, (_service, _request, person) =>
    service.key === 'points' ? pointsPage(service, person) : applicationPage(service, person),
  ),

  [`GET ${service.home}/sign-in`]: within(service, async (_service, { session }) => redirect(await service.party.start(session))),

  [`GET ${service.home}/callback`]: within(service, async (_service, { session, url, renewSession }) => {
    const { claims, accessToken } = await service.party.finish(session, url);
    session[service.home] = { sub: claims.sub };
    renewSession();
    if (service.key === 'points') {
      const { age_band } = await service.party.userinfo(accessToken, claims.sub);
      if (age_band) goals.set(claims.sub, GOALS[age_band] ?? USUAL_GOAL);
      return redirect(service.home);
    }
    // Name and address come where the town approved and the person agreed; elsewhere userinfo holds the pseudonym only.
    const attributes = await service.party.userinfo(accessToken, claims.sub);
    if (!attributes.name) return redirect(service.home);
    // Shown here and now, because a redirect would need them to be kept. Reloading says so instead of asking again.
    return show(service, { title: '内容を確かめてください', main: html`${idPanel(service, claims)}${applicationForm(service, attributes)}` });
  }),

  [`POST ${service.home}/sign-out`]: within(service, (_service, { session }) => {
    delete session[service.home];
    return redirect(service.home);
  }),

  ...(service.key === 'points'
    ? {
        [`POST ${service.home}/steps`]: within(service, (_service, { form }, person) => {
          if (!person) return redirect(`${service.home}/sign-in`);
          const steps = Math.min(Math.max(Number.parseInt(form.get('steps'), 10) || 0, 0), MOST_STEPS);
          ledger.get(service.town.slug).set(person.sub, coinsOf(service, person) + Math.floor(steps / STEPS_PER_COIN));
          return redirect(service.home);
        }),
      }
    : {
        [`POST ${service.home}/submit`]: within(service, (_service, _request, person) => {
          if (!person) return redirect(`${service.home}/sign-in`);
          // The sample hands nothing on and keeps nothing of what was written; a real one would pass it to the office.
          receipts += 1;
          return show(service, {
            title: '申し込みを受け付けました',
            main: html`<p class="lead" data-testid="receipt">受付番号は ${String(receipts).padStart(5, '0')} です。</p><p><a href="${service.home}">最初のページへ</a></p>`,
          });
        }),
      }),
});

serve(address, 'points', Object.assign({}, ...[...services.values()].map(routesOf)), () =>
  page(404, {
    title: 'サービスを選んでください',
    town: '',
    service: '健康ポイント・電子申請',
    home: '/',
    theme: 'points',
    main: html`<ul>${[...services.values()].map(({ home, town, name }) => html`<li><a href="${home}">${town.name} ${name}</a></li>`)}</ul>`,
  }),
);
