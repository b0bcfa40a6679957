// From sign-ins to a count: different people sign in at one town, few at another; the month ends; what may be shown is shown.
// Runs after all other journeys, on their data: it lets weeks pass, after which every session has ended.
import { expect, test } from '../fixtures/index.ts';
import { canRunTheProgram, LATER, run, serve, untilItCloses } from '../fixtures/later.ts';
import { invent, SEKI, MINO, signInAt } from '../fixtures/resident.ts';

const PEOPLE = { seki: 12, mino: 3 };

test('counts of a month appear once it is closed, and few stay hidden', async ({ browser, page, service, signInStaff }) => {
  test.skip(!canRunTheProgram, 'lets the program run on a later clock, which only scripts/test starts');
  test.setTimeout(240_000);
  const { days, milliseconds, month, label } = untilItCloses();

  for (const [slug, municipality, count] of [['seki', SEKI, PEOPLE.seki], ['mino', MINO, PEOPLE.mino]] as const) {
    for (let person = 0; person < count; person += 1) {
      await page.context().clearCookies();
      await signInAt(page, service(slug, 'library'), invent(municipality));
    }
  }
  // The last one comes back: a sign-in more, and nobody more.
  await page.goto(service('mino', 'library'));

  const close = (ahead: number) => run(ahead, 'usage', 'close-month', '--month', month, '--tenant', 'seki');
  expect(close(0)).toEqual({ succeeded: false, said: expect.stringMatching(/can be closed from \d{4}-\d{2}-05 on/) });
  expect(close(days)).toEqual({ succeeded: true, said: expect.stringMatching(/: 1 services are shown, 0 hidden/) });
  expect(close(days)).toEqual({ succeeded: false, said: expect.stringMatching(/closed already/) });

  // 美濃市 is closed by the server's own job.
  await serve(days, async () => {
    const later = await (await browser.newContext({ baseURL: LATER, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' })).newPage();
    const row = later.getByRole('row', { name: label });

    await signInStaff(later, 'seki', 'analyst', { again: true, ahead: milliseconds });
    await later.goto('/console/seki/usage');
    await expect(row.getByRole('cell').first()).toHaveText('10');

    await signInStaff(later, 'mino', 'analyst', { again: true, ahead: milliseconds });
    await later.goto('/console/mino/usage');
    await expect(row.getByRole('cell').first()).toContainText('非表示');
    await expect(row).not.toContainText('3');
  });
});
