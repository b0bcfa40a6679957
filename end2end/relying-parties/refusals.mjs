// Why a sign-in ended without a person, in words. Every service needs this page: a refusal is an ordinary answer.
import { html } from './web.mjs';

const WORDS = {
  not_eligible: ['いまは、このサービスを使えません', 'お住まいの町が決めた、使える人の条件にあてはまりませんでした。くわしくは、お住まいの町におたずねください。'],
  undecidable: ['使えるかどうか、確かめられませんでした', 'カードの住所を読み取れませんでした。お住まいの町の窓口におたずねください。'],
  consent_refused: ['同意しなかったので、サインインをやめました', 'このサービスには、何も伝わっていません。使いたくなったら、もう一度サインインしてください。'],
  cancelled: ['サインインをやめました', 'このサービスには、何も伝わっていません。'],
  expired: ['もう一度、サインインしてください', '時間がたったか、前の画面に戻ったため、続けられませんでした。'],
  token_ended: ['もう一度、サインインしてください', '同意が取り消されたか、使える期間が終わりました。'],
  provider_unreachable: ['いま、サインインできません', '本人確認のサービスにつながりません。少し待ってから、もう一度お試しください。'],
};
const OTHERWISE = ['サインインできませんでした', 'もう一度お試しください。続くときは、お住まいの町におたずねください。'];

/** { status, title, main } of the page for a refusal. The reason comes from outside: it chooses words and is never shown. */
export function refusal({ reason }, { home, signIn }) {
  const known = Object.hasOwn(WORDS, reason);
  const [title, sentence] = known ? WORDS[reason] : OTHERWISE;
  return {
    status: reason === 'provider_unreachable' ? 503 : 200,
    title,
    main: html`<p class="lead" data-testid="refusal" data-reason="${known ? reason : 'other'}">${sentence}</p>
<p class="actions"><a class="button" href="${signIn}">もう一度サインインする</a> <a href="${home}">最初のページへ</a></p>`,
  };
}
