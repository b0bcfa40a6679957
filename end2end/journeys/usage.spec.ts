// Counts that say how a service is used and nothing about anybody: shown where many took part, a band where few live, and a
// reason wherever nothing is shown. The file says what the page says.
import { expect, test } from '../fixtures/index.ts';
import type { Page } from '@playwright/test';

const MONTH = /^\d{4}年\d{1,2}月$/;

/** The table as rows of text: month, then for each service people and sign-ins, or the one word that stands for both. */
const cellsOf = async (page: Page) => {
  const table = page.getByRole('table', { name: /^月別・サービス別の利用者/ });
  const services = (await table.locator('th[scope=colgroup]').allInnerTexts()).map((name) => name.trim());
  const rows = await table.locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => {
        // The reason stands below the word that it explains.
        const reason = cell.querySelector('.sub')?.textContent ?? '';
        const text = (cell.textContent ?? '').trim();
        return { text: reason ? `${text.slice(0, -reason.length)}: ${reason}` : text, both: cell.getAttribute('colspan') === '2' };
      }),
    ),
  );
  return { services, rows };
};

/** The same rows as lines of the file: month, service, people, sign-ins, why not shown. */
const linesOf = ({ services, rows }: Awaited<ReturnType<typeof cellsOf>>) =>
  rows.flatMap(([month, ...cells]) => {
    const [, year, number] = /^(\d{4})年(\d{1,2})月$/.exec(month?.text ?? '') ?? [];
    let next = 0;
    return services.map((service) => {
      const first = cells[next++];
      if (first?.both) return [`${year}-${number?.padStart(2, '0')}`, service, '', '', first.text].join(',');
      const plain = (text = '') => text.replaceAll(',', '');
      return [`${year}-${number?.padStart(2, '0')}`, service, plain(first?.text), plain(cells[next++]?.text), ''].join(',');
    });
  });

const expectFileAsTable = async (page: Page) => {
  const href = await page.getByRole('link', { name: 'CSV で保存する' }).getAttribute('href');
  const file = await page.request.get(href ?? '');
  expect(file.headers()['content-type']).toMatch(/^text\/csv/);
  const [head, ...lines] = (await file.text()).replace('\u{feff}', '').trim().split('\r\n');
  expect(head).toBe('月または年度,サービス,利用者,回数,表示しない理由');
  const months = lines.filter((line) => /^\d{4}-\d\d,/.test(line));
  expect(months.sort()).toEqual(linesOf(await cellsOf(page)).sort());
};

const open = async (page: Page, slug: string) => {
  await page.goto(`/console/${slug}/usage`);
  await expect(page.getByRole('heading', { level: 1, name: '利用統計' })).toBeVisible();
};

test('many people: every month is shown, in tens, and the file is the table', { tag: '@smoke' }, async ({ page, signInStaff, expectAccessible }) => {
  await signInStaff(page, 'seki', 'analyst');
  await open(page, 'seki');
  const { services, rows } = await cellsOf(page);
  expect(services).toEqual(['電子図書館']);
  expect(rows).toHaveLength(12);
  for (const [month, people, signIns] of rows) {
    expect(month?.text).toMatch(MONTH);
    for (const figure of [people, signIns]) expect(figure?.text).toMatch(/^[1-9][\d,]*0$/);
  }
  await expect(page.getByRole('img', { name: /サービス別の利用者数/ })).toBeVisible();
  await expectAccessible(page);
  await expectFileAsTable(page);
});

test('two services: the file is the table', async ({ page, signInStaff, expectAccessible }) => {
  await signInStaff(page, 'tsuno', 'analyst');
  await open(page, 'tsuno');
  expect((await cellsOf(page)).services).toHaveLength(2);
  await expectAccessible(page);
  await expectFileAsTable(page);
});

test('what is under the threshold stays hidden, with the reason', async ({ page, signInStaff, expectAccessible }) => {
  await signInStaff(page, 'goka', 'analyst');
  await open(page, 'goka');
  const cells = (await cellsOf(page)).rows.flatMap(([, ...cells]) => cells.map(({ text }) => text));
  expect(cells.filter((text) => text === '非表示: 少数のため').length).toBeGreaterThanOrEqual(3);
  const figures = cells.filter((text) => /^\d/.test(text)).map((text) => Number(text.replaceAll(',', '')));
  expect(Math.min(...figures)).toBeGreaterThanOrEqual(20);
  await expect(page.getByText('20人に満たない月は、0人でも同じように表示しません。')).toBeVisible();
  // Neither page nor file says what is hidden, also not in a description for screen readers or in an attribute.
  const file = await (await page.request.get('/console/goka/usage.csv')).text();
  for (const hidden of ['14', '19']) expect(file).not.toMatch(new RegExp(`,${hidden},`));
  await expectAccessible(page);
  await expectFileAsTable(page);
});

test('few inhabitants: no months, but a band for the year', async ({ page, signInStaff, expectAccessible }) => {
  await signInStaff(page, 'showa', 'analyst');
  await open(page, 'showa');
  await expect(page.getByText('人口が2,000人に満たない自治体では、月ごとの数を表示しません。')).toBeVisible();
  await expect(page.getByRole('table', { name: /^月別・サービス別の利用者/ })).toHaveCount(0);
  const bands = page.getByRole('table', { name: '年度別・サービス別の人数の幅' });
  await expect(bands.getByRole('cell', { name: /^\d+人以上$/ }).first()).toBeVisible();
  await expectAccessible(page);
  const file = await (await page.request.get('/console/showa/usage.csv')).text();
  expect(file).toMatch(/年度.*,電子図書館,\d+人以上,,/);
  expect(file).not.toMatch(/^\d{4}-\d\d,[^,]*,\d/m);
});
