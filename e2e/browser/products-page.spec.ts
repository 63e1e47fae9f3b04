import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { managerOf } from '../http/client.ts';
import { codeBlocksOf, patched, type CodeBlock } from '../support/code-blocks.ts';
import { App } from '../support/pages/app.ts';
import { Contents } from '../support/pages/contents.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkScreen } from './check-screen.ts';
import { expect, test } from './fixtures.ts';

const ROOT = new URL('../../', import.meta.url);
const run = promisify(execFile);

test('docs/products.md leads from nothing to a type with a tab and tests, word for word', async ({ page }) => {
  test.setTimeout(180_000);
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const environment = { TRELLIS_PRODUCTS: join(folder.path, 'countdown') };
  const [description, first, ...others] = await codeBlocksOf(new URL('docs/products.md', ROOT));
  for (const block of [description!, first!]) await follow(folder.path, block);

  const [app, contents] = [new App(page), new Contents(page)];
  {
    await using server = await startServer({ data, environment });
    await page.goto(`${server.url}/manage`);
    await app.signIn();
    const dialog = await contents.startAdding('Countdown');
    await dialog.getByLabel('Id').fill('launch');
    await dialog.getByLabel('Day').fill('tomorrow');
    const add = dialog.getByRole('button', { name: 'Add', exact: true });
    await add.click();
    await expect(
      dialog.getByText("'tomorrow' is no day. Write year, month and day, such as 2030-12-31.").first(),
    ).toBeVisible();
    await dialog.getByLabel('Day').fill('2099-12-31');
    await dialog.getByLabel('What comes').fill('<i>Launch</i>');
    await add.click();
    await contents.flash("Added 'launch'.").waitFor();
    await page.goto(`${server.url}/launch`);
    await expect(page.getByRole('heading', { name: /^<i>Launch<\/i>: \d{5} days$/ })).toBeVisible();
    expect((await managerOf(server)('/api/launch/@left')).json()['days']).toBeGreaterThan(20_000);
    const { paths } = (await managerOf(server)('/api/@openapi')).json<{ paths: Record<string, unknown> }>();
    expect(JSON.stringify(paths['/api/{path}/@left'])).toContain('"required":["days","sentence"]');
  }

  for (const block of others) await follow(folder.path, block);
  await using server = await startServer({ data, environment });
  await page.goto(`${server.url}/manage/launch/@days`);
  await expect(page.getByRole('heading', { level: 2, name: /^<i>Launch<\/i>: \d{5} days$/ })).toBeVisible();
  await expect(page.getByText('It is to come')).toBeVisible();
  await checkScreen(page, 'the tab of the manual');

  // What `npm install /path/to/trellis` does.
  await mkdir(join(folder.path, 'countdown/node_modules'));
  await symlink(ROOT.pathname, join(folder.path, 'countdown/node_modules/trellis'));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const tests = ['--test', '--test-reporter=spec', 'index.test.js'];
  const { stdout } = await run(process.execPath, tests, { cwd: join(folder.path, 'countdown'), env });
  expect(stdout).toMatch(/✔ shows each of its tabs to everybody/);
  expect(stdout).toMatch(/ℹ fail 0/);
});

/** Does what a piece of code asks for: writes its file, or changes it. */
async function follow(folder: string, { language, file, text }: CodeBlock): Promise<void> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, language === 'diff' ? patched(await readFile(path, 'utf8'), text) : text);
}
