// A clerk builds a rule: residents, people who work here, the listed towns of two neighbours; from school year 1, until the end
// of the fiscal year. By mouse, by keyboard alone, and without JavaScript; what comes out is the same rule.
import { randomBytes } from 'node:crypto';
import { expect, test } from '../fixtures/index.ts';
import type { Locator, Page } from '@playwright/test';

const LANGUAGES = [
  {
    locale: 'ja-JP',
    lang: 'ja',
    name: '名前',
    addTie: '在勤・在学の人',
    addPlaces: 'えらんだ地域の人',
    find: '地域をさがす',
    findButton: 'さがす',
    kaneyama: '金山町',
    mishima: '三島町',
    work: '在勤',
    allTowns: /^すべての町・字/,
    twoTowns: /^2の町・字/,
    townsOf: (name: string) => `${name}の町・字`,
    filter: '町・字をしぼりこむ',
    tickNone: 'すべての印を外す',
    close: '町・字を閉じる',
    everyone: /^全員に求める年齢・学年/,
    lowest: '学年の下限',
    year1: '小学1年',
    fiscalYear: '年度末まで',
    sentence: 'このルールを文にすると',
    findings: '気をつけるところ',
    told: ['昭和村(福島県大沼郡)に住んでいる人', '在勤', '大志、川口', '宮下', '小学1年', '年度の末'],
    save: '下書きを保存する',
    tryAddress: '住所',
    tryBirthdate: '生年月日',
    determine: '判定する',
    eligible: '対象です',
    notEligible: '対象外です',
    by3: '条件3で決まりました。',
  },
  {
    locale: 'en-GB',
    lang: 'en',
    name: 'Name in Japanese',
    addTie: 'People who work or study here',
    addPlaces: 'People of other places',
    find: 'Find a place',
    findButton: 'Find',
    kaneyama: 'Kaneyama Town',
    mishima: 'Mishima Town',
    work: 'Work',
    allTowns: /^All towns/,
    twoTowns: /^2 towns/,
    townsOf: (name: string) => `Towns of ${name}`,
    filter: 'Filter the towns',
    tickNone: 'Untick all',
    close: 'Close the towns',
    everyone: /^Ages asked of everybody/,
    lowest: 'Lowest school year',
    year1: 'year 1 of elementary school',
    fiscalYear: 'The fiscal year',
    sentence: 'The rule in words',
    findings: 'Things to look at',
    told: ['Showa Village (Fukushima)', 'work', '大志, 川口', '宮下', 'year 1 of elementary school', 'fiscal year'],
    save: 'Save the draft',
    tryAddress: 'Address',
    tryBirthdate: 'Birthdate',
    determine: 'Determine',
    eligible: 'Eligible',
    notEligible: 'Not eligible',
    by3: 'Decided by condition 3.',
  },
] as const;
type Words = (typeof LANGUAGES)[number];

const NEW = '/console/showa/residency-rules/new';
/** Nobody's birthdays: a school child, and somebody younger. */
const CHILD = '2016-05-05';

const clause = (page: Page, number: number): Locator => page.locator(`#clauses-${number - 1}`);
const told = (page: Page, words: Words): Locator => page.getByRole('region', { name: words.sentence });
const named = (page: Page): Locator => page.locator('[name=name_ja]');
const awake = (page: Page) => expect(page.locator('form.is-awake')).toBeVisible();
const noWider = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);

/** The rule as it stands on the page, whoever built it. */
async function expectRule(page: Page, words: Words) {
  for (const words_ of words.told) await expect(told(page, words)).toContainText(words_);
  await expect(page.locator('[name="clauses.1.ties"][value=work]')).toBeChecked();
  await expect(page.locator('[name="everyone.school_from"]')).toHaveValue('1');
}

async function saveAndReadAgain(page: Page, words: Words) {
  await page.getByRole('button', { name: words.save }).click();
  await expect(page).toHaveURL(/\/residency-rules\/[0-9a-f-]+\/edit$/);
  await expectRule(page, words);
  await page.reload();
  await expectRule(page, words);
}

for (const words of LANGUAGES) {
  test.describe(words.lang, () => {
    test.use({ locale: words.locale });

    test('a rule is built by mouse', { tag: '@phone' }, async ({ page, signInStaff, expectAccessible }) => {
      test.setTimeout(120_000);
      await signInStaff(page, 'showa', 'drafter');
      await page.goto(NEW);
      await awake(page);
      await named(page).fill(`電子図書館の利用者 ${randomBytes(3).toString('hex')}`);
      await page.getByRole('button', { name: words.addTie }).first().click();
      await expect(clause(page, 2).getByRole('checkbox', { name: words.work })).toBeFocused();
      await page.getByRole('button', { name: words.addPlaces }).first().click();
      const neighbours = clause(page, 3);
      const search = neighbours.getByRole('combobox', { name: words.find });
      await expect(search).toBeFocused();
      for (const [typed, name] of [['かねやま', words.kaneyama], ['074446', words.mishima]] as const) {
        await search.pressSequentially(typed);
        // The neighbour comes before its namesake in another prefecture.
        const option = page.getByRole('option', { name: new RegExp(name) }).first();
        await expect(option).toBeVisible();
        if (typed === 'かねやま') await expectAccessible(page);
        await option.click();
        await expect(neighbours.locator('.chip--place', { hasText: name })).toBeVisible();
        await expect(search).toBeFocused();
        await expect(search).toHaveValue('');
      }

      const towns = async (name: string, ticked: string[]) => {
        await neighbours.locator('.chip--place', { hasText: name }).getByRole('button', { name: words.allTowns }).click();
        const list = page.getByRole('group', { name: words.townsOf(name) });
        await list.getByRole('button', { name: words.tickNone }).click();
        await expect(list.getByRole('checkbox', { checked: true })).toHaveCount(0);
        for (const town of ticked) {
          await list.getByRole('textbox', { name: words.filter }).fill(town);
          await list.getByRole('checkbox', { name: town, exact: true }).check();
          await expect(list.getByRole('checkbox', { name: '越川' })).toHaveCount(0);
        }
        await noWider(page);
        await expectAccessible(page);
        await list.getByRole('button', { name: words.close }).click();
        await expect(list).toHaveCount(0);
      };
      await towns(words.kaneyama, ['川口', '大志']);
      await expect(neighbours.locator('.chip--place', { hasText: words.kaneyama }).getByRole('button', { name: words.twoTowns })).toBeFocused();
      await towns(words.mishima, ['宮下']);

      await page.locator('[name="everyone.school_from"]').selectOption({ label: words.year1 });
      await page.getByRole('radio', { name: words.fiscalYear }).check();
      await expectRule(page, words);

      await test.step('somebody made up is tried beside it', async () => {
        await page.locator('[name=try_address]').fill('大沼郡金山町大字川口9001番地');
        await page.locator('[name=try_birthdate]').fill(CHILD);
        const verdict = page.locator('#try-answer');
        await expect(verdict).toContainText(words.eligible);
        await expect(verdict).toContainText(words.by3);
        await expect(clause(page, 3)).toHaveClass(/is-deciding/);
        await page.locator('[name=try_address]').fill('大沼郡金山町大字横田9002番地');
        await expect(verdict).toContainText(words.notEligible);
        await expect(clause(page, 3)).not.toHaveClass(/is-deciding/);
        expect(page.url()).not.toContain('?');
      });
      await noWider(page);
      await expectAccessible(page);
      await saveAndReadAgain(page, words);
    });
  });
}

test('a rule is built with the keyboard alone', { tag: '@phone' }, async ({ page, signInStaff }) => {
  test.setTimeout(120_000);
  const words = LANGUAGES[0];
  await signInStaff(page, 'showa', 'drafter');
  await page.goto(NEW);
  await awake(page);
  const keys = page.keyboard;
  /** Goes on with Tab until the focus is there. */
  const tabTo = async (target: Locator, back = false) => {
    for (let step = 0; step < 60; step += 1) {
      if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
      await keys.press(back ? 'Shift+Tab' : 'Tab');
    }
    throw new Error(`Tab does not lead to ${target}`);
  };
  await tabTo(named(page));
  await keys.insertText(`鍵盤だけのルール ${randomBytes(3).toString('hex')}`);
  await tabTo(page.getByRole('button', { name: words.addTie }).first());
  await keys.press('Enter');
  await expect(clause(page, 2).getByRole('checkbox', { name: words.work })).toBeFocused();
  await tabTo(page.getByRole('button', { name: words.addPlaces }).first());
  await keys.press('Enter');
  const neighbours = clause(page, 3);
  const search = neighbours.getByRole('combobox');
  await expect(search).toBeFocused();
  for (const [typed, name] of [['かねやま', words.kaneyama], ['みしままち', words.mishima]] as const) {
    await keys.insertText(typed);
    await expect(search).toHaveAttribute('aria-expanded', 'true');
    await keys.press('ArrowDown');
    const active = await search.getAttribute('aria-activedescendant');
    await expect(page.locator(`#${active}`)).toContainText(name);
    await keys.press('Enter');
    await expect(neighbours.locator('.chip--place', { hasText: name })).toBeVisible();
    await expect(search).toBeFocused();
  }
  await keys.insertText('会津');
  await expect(search).toHaveAttribute('aria-expanded', 'true');
  await keys.press('Escape');
  await expect(search).toHaveAttribute('aria-expanded', 'false');

  for (const [name, towns] of [[words.kaneyama, ['大志', '川口']], [words.mishima, ['宮下']]] as const) {
    // Back from the search to the first place; from there on to the second.
    await tabTo(neighbours.locator('.chip--place', { hasText: name }).getByRole('button').first(), name === words.kaneyama);
    await keys.press('Enter');
    const list = page.getByRole('group', { name: words.townsOf(name) });
    await expect(list.getByRole('textbox')).toBeFocused();
    await tabTo(list.getByRole('button', { name: words.tickNone }));
    await keys.press('Enter');
    await expect(list.getByRole('button', { name: words.tickNone })).toBeFocused();
    for (const town of towns) {
      await tabTo(list.getByRole('checkbox', { name: town, exact: true }));
      await keys.press('Space');
    }
    await tabTo(list.getByRole('button', { name: words.close }));
    await keys.press('Enter');
    await expect(list).toHaveCount(0);
  }
  await tabTo(page.locator('[name="everyone.school_from"]'));
  await keys.press('ArrowDown');
  await expect(page.locator('[name="everyone.school_from"]')).toHaveValue('1');
  await tabTo(page.locator('[name=term]:checked'));
  await keys.press('ArrowDown');
  await expectRule(page, words);
  await tabTo(named(page), true);
  await keys.press('Enter');
  await expect(page).toHaveURL(/\/residency-rules\/[0-9a-f-]+\/edit$/);
  await expectRule(page, words);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a rule is built with a plain form', { tag: '@phone' }, async ({ page, signInStaff }) => {
    test.setTimeout(120_000);
    const words = LANGUAGES[0];
    await signInStaff(page, 'showa', 'drafter');
    await page.goto(NEW);
    await named(page).fill(`紙のルール ${randomBytes(3).toString('hex')}`);
    await page.getByRole('button', { name: words.addTie }).first().click();
    await page.getByRole('button', { name: words.addPlaces }).first().click();
    const neighbours = clause(page, 3);
    await neighbours.getByLabel(words.find).fill('金山');
    await neighbours.getByRole('button', { name: words.findButton, exact: true }).click();
    await neighbours.getByRole('button', { name: '金山町 福島県大沼郡を足す' }).click();
    await expect(named(page)).toHaveValue(/紙のルール/);
    await neighbours.locator('summary', { hasText: '近隣からえらぶ' }).click();
    await neighbours.getByRole('button', { name: '三島町 福島県大沼郡を足す' }).click();
    for (const [name, towns] of [[words.kaneyama, ['大志', '川口']], [words.mishima, ['宮下']]] as const) {
      await neighbours.locator('.chip--place', { hasText: name }).getByRole('button', { name: words.allTowns }).click();
      await page.getByRole('button', { name: words.tickNone }).click();
      for (const town of towns) await page.getByRole('checkbox', { name: town, exact: true }).check();
      await page.getByRole('button', { name: words.close }).click();
    }
    await page.locator('[name="everyone.school_from"]').selectOption('1');
    await page.getByRole('radio', { name: words.fiscalYear }).check();
    await page.locator('[name=try_address]').fill('大沼郡金山町大字川口9001番地');
    await page.locator('[name=try_birthdate]').fill(CHILD);
    await page.getByRole('button', { name: words.determine }).click();
    await expect(page.getByRole('status').filter({ hasText: words.eligible })).toContainText(words.by3);
    await expect(page.locator('[name=try_address]')).toHaveValue(/9001番地/);
    await noWider(page);
    await saveAndReadAgain(page, words);
  });
});
