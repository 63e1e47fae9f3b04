import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildrenMessage, ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { ico, png } from '../../support/chromium/images.ts';
import { Files, slowDown } from '../../support/pages/files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Client } from '../../http/client.ts';
import { expect, expectError, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

const MIB = 1024 * 1024;
const words = Buffer.from('some words');

async function typesIn(api: Client, folder = ''): Promise<Record<string, string>> {
  const { items } = (await api(`/api${folder}/@children?limit=1000`)).json<ChildrenMessage>();
  return Object.fromEntries(items.map(({ id, type }) => [id, type]));
}

function put(api: Client, id: string, raw: Buffer) {
  return api(`/api/@upload?id=${id}`, { raw, headers: { 'content-type': 'application/octet-stream' } });
}

test('files are chosen, uploaded, and in the list, each as what it is', async ({ app, page, api }) => {
  const files = new Files(page);
  await app.open('/');
  await files.choose({ name: 'tree.png', buffer: png(300, 200) }, { name: '_notes#1.txt', buffer: words });
  await expect(app.flash('Uploaded 2 files.')).toBeVisible();
  await expect(files.row('tree.png')).toContainText('Image');
  await expect(files.row('notes-1.txt'), 'its name, as far as an id may be so').toContainText('File');
  await expect(files.row('tree.png')).toContainText('KiB');
  await expect(files.row('tree.png'), 'one goes on where the new file is').toBeFocused();
  await app.open('/tree.png');
  await expect(page.getByText(/^PNG image, 300 × 200 pixels, /)).toBeVisible();
  await expect(files.picture).toHaveJSProperty('naturalWidth', 300);
  await picture(page, 'image');
  expect(await typesIn(api)).toMatchObject({ 'tree.png': 'Image', 'notes-1.txt': 'File' });
});

test('an icon that is uploaded is shown, and is that of the site', async ({ app, page, api }) => {
  const files = new Files(page);
  await app.open('/');
  await files.choose({ name: 'favicon.ico', buffer: ico(32, 32) });
  await expect(files.row('favicon.ico')).toContainText('Image');
  await app.open('/favicon.ico');
  await expect(page.getByText(/^Icon, 32 × 32 pixels, /)).toBeVisible();
  await expect(files.picture).toHaveJSProperty('naturalWidth', 32);
  expect((await api('/favicon.ico')).headers).toMatchObject({ 'content-type': 'image/x-icon' });
});

test('files are dropped anywhere on the page; a folder among them is refused in words', async ({ app, page, api }) => {
  await using folder = await temporaryFolder();
  const [one, two, inner] = ['one.txt', 'two.png', 'inner'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(one, words);
  await writeFile(two, png(5, 5));
  await mkdir(inner);
  const files = new Files(page);
  await app.open('/');
  await files.row('index_html').waitFor();
  await files.drag([one, two], false);
  await expect(page.getByText('Drop files to upload them to Root')).toBeVisible();
  await files.drag([one, two, inner]);
  await expect(app.flash('Uploaded 2 files.')).toBeVisible();
  await expect(app.alert('A folder cannot be uploaded. Drop the files that are in it.')).toBeVisible();
  await expect(page.getByText('Drop files to upload them to Root')).toHaveCount(0);
  expect(await typesIn(api)).toMatchObject({ 'one.txt': 'File', 'two.png': 'Image' });
});

test('an upload shows how far it is, and one that is cancelled leaves nothing', async ({ app, page, api }) => {
  await using folder = await temporaryFolder();
  const [large, next] = [join(folder.path, 'large.bin'), join(folder.path, 'after.txt')];
  await writeFile(large, '');
  await truncate(large, 20 * MIB);
  await writeFile(next, words);
  const files = new Files(page);
  await app.open('/');
  await slowDown(page, MIB);
  await files.choose(large, next); // By their paths: bytes would be handed to the browser as one long message.
  const percent = async () => Number(await files.progress.getAttribute('aria-valuenow'));
  await expect.poll(percent, { intervals: [50], timeout: 30_000 }).toBeGreaterThan(2);
  expect(await percent()).toBeLessThan(100);
  await expect(files.line('after.txt')).toContainText('Waits for its turn');
  await picture(page, 'upload');
  await app.button('Cancel').click();
  await files.dialogOfUpload.waitFor({ state: 'detached' });
  const types = await typesIn(api);
  expect([types['large.bin'], types['after.txt']]).toEqual([undefined, undefined]);
});

test('an id that is taken is asked about, while the other files go on', async ({ app, page, api }) => {
  const files = new Files(page);
  await app.open('/');
  for (const id of ['a.txt', 'b.txt', 'c.txt']) await put(api, id, Buffer.from('old'));
  const all = ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'index_html'];
  await files.choose(...all.map((name) => ({ name, buffer: Buffer.from('new') })));
  await expect(files.line('d.txt')).toContainText('Added as d.txt');
  await expect(files.line('index_html')).toContainText('The id "index_html" is invalid - it is already in use.');
  await expect(files.dialogOfUpload.getByRole('status')).toHaveText('1 of 5 files uploaded');
  await picture(page, 'upload-taken');
  expectError(page, /^The id "\w+(\.txt)?" is invalid - it is already in use\.$/);
  await page.getByRole('button', { name: 'Replace the contents of a.txt' }).click();
  await expect(files.line('a.txt')).toContainText('Replaced a.txt');
  const another = files.line('b.txt').getByLabel('Upload it with the id');
  await expect(another).toHaveValue('b-2.txt');
  expectError(page, 'The id "_bad" is invalid because it begins with an underscore.');
  await another.fill('_bad');
  await another.press('Enter');
  await expect(files.line('b.txt')).toContainText('The id "_bad" is invalid because it begins with an underscore.');
  await another.fill('b-3.txt');
  await another.press('Enter');
  await expect(files.line('b.txt')).toContainText('Added as b-3.txt');
  await page.getByRole('button', { name: 'Skip c.txt' }).click();
  await expect(
    page.getByRole('button', { name: 'Replace the contents of index_html' }),
    'a page is no file',
  ).toHaveCount(0);
  await page.getByRole('button', { name: 'Skip index_html' }).click();
  await expect(app.flash('Uploaded 3 files.'), 'with the last answer the dialog goes').toBeVisible();
  const bytes = async (id: string) => (await api(`/${id}`)).text;
  expect([await bytes('a.txt'), await bytes('b.txt'), await bytes('c.txt')]).toEqual(['new', 'old', 'old']);
});

test('all ids that are taken are answered at once', async ({ app, page, api }) => {
  const files = new Files(page);
  await app.open('/');
  const all = ['a.txt', 'b.txt', 'index_html', 'temp_folder'];
  for (const id of ['a.txt', 'b.txt']) await put(api, id, Buffer.from('old'));
  await files.choose(...all.map((name) => ({ name, buffer: Buffer.from('new') })));
  expectError(page, /^The id "\w+(\.txt)?" is invalid - it is already in use\.$/);
  await expect(files.dialogOfUpload.getByText('4 ids cannot be had.')).toBeVisible();
  await app.button('Replace all').click();
  await expect(files.dialogOfUpload.getByText('2 ids cannot be had.')).toBeVisible();
  await expect(app.button('Replace all'), 'a page and a folder are no files').toHaveCount(0);
  await app.button('Skip all').click();
  await expect(app.flash('Uploaded 2 files.')).toBeVisible();
  expect([(await api('/a.txt')).text, (await api('/b.txt')).text]).toEqual(['new', 'new']);
});

test('a file that is too large is refused here, before it is sent', async ({ app, page, api }) => {
  await using folder = await temporaryFolder();
  const large = join(folder.path, 'large.bin');
  await writeFile(large, '');
  await truncate(large, 64 * MIB + 1);
  const files = new Files(page);
  await app.open('/');
  await files.choose(large);
  await expect(files.line('large.bin')).toContainText('It has 67108865 B; at most 67108864 B are taken.');
  await page.getByRole('button', { name: 'Skip large.bin' }).click();
  await files.dialogOfUpload.waitFor({ state: 'detached' });
  await expect(app.flash(/Uploaded/)).toHaveCount(0);
  expect((await typesIn(api))['large.bin']).toBeUndefined();
});

test('a server that is out of reach is said at the file, and another try goes on', async ({
  app,
  page,
  api,
  server,
}) => {
  const files = new Files(page);
  await app.open('/');
  const { promise: isWaitedFor, resolve: letGo } = Promise.withResolvers<void>();
  await page.route('**/@upload*', (route) => isWaitedFor.then(() => route.abort()));
  await files.choose({ name: 'late.txt', buffer: words });
  await expect(files.line('late.txt').getByRole('alert'), 'stands before it says something').toHaveText('');
  expectError(page, 'Could not upload it: the connection to the server broke');
  letGo();
  await expect(files.line('late.txt')).toContainText('the connection to the server broke');
  await page.unroute('**/@upload*');
  await page.getByRole('button', { name: 'Try late.txt again' }).click();
  await expect(app.flash("Uploaded 'late.txt'.")).toBeVisible();
  expect((await typesIn(api))['late.txt']).toBe('File');
  expect(server.log()).not.toContain('unexpectedly');
});

test('the bytes of an image are replaced by dropping others on it, and history tells', async ({ app, page, api }) => {
  await using folder = await temporaryFolder();
  const other = join(folder.path, 'other.png');
  await writeFile(other, png(7, 9));
  await put(api, 'tree.png', png(300, 200));
  const files = new Files(page);
  await app.open('/tree.png');
  await expect(files.picture).toHaveJSProperty('naturalWidth', 300);
  await files.drag([other]);
  const question = app.dialog('Replace the contents of tree.png?');
  await expect(question).toContainText(/'other\.png', \d+ B, takes the place of .* PNG image, 300 × 200 pixels, \d/);
  await question.getByRole('button', { name: 'Keep' }).click();
  await expect(question).toHaveCount(0);
  await expect(files.picture).toHaveJSProperty('naturalWidth', 300);
  await files.drag([other]);
  await files.replace('tree.png');
  await expect(app.flash("Uploaded 'other.png'.")).toBeVisible();
  await expect(page.getByText(/^PNG image, 7 × 9 pixels, /)).toBeVisible();
  await expect(files.picture, 'the new picture, not the one from the cache').toHaveJSProperty('naturalWidth', 7);
  await files.choose({ name: 'words.txt', buffer: words });
  await files.replace('tree.png');
  await expect(app.alert(/These bytes are not an image/)).toBeVisible();
  await app.open('/tree.png', 'properties');
  await expect(page.getByText('Replaced the contents of /tree.png')).toBeVisible();
});

test('whoever replaces a file that somebody else changed is asked first', async ({ app, page, api }) => {
  await put(api, 'a.txt', Buffer.from('mine'));
  const files = new Files(page);
  await app.open('/a.txt');
  await page.getByText('Its address is').waitFor();
  const theirs = () =>
    api('/api/a.txt/@content', { raw: 'theirs', headers: { 'content-type': 'application/octet-stream' } });
  await theirs();
  await files.choose({ name: 'a.txt', buffer: Buffer.from('new') });
  await files.replace('a.txt');
  await app.answer('Somebody changed a.txt meanwhile', 'Show theirs');
  expect((await api('/a.txt')).text).toBe('theirs');
  await expect(page.getByText('6 B')).toBeVisible();
  await theirs();
  await api('/api/a.txt', { method: 'PATCH', body: { title: 'Another' } });
  await files.choose({ name: 'a.txt', buffer: Buffer.from('newest') });
  await files.replace('a.txt');
  await app.answer('Somebody changed a.txt meanwhile', 'Replace');
  await expect(app.flash("Uploaded 'a.txt'.")).toBeVisible();
  expect((await api('/a.txt')).text).toBe('newest');
});

test('a file that was added empty says so and takes its bytes; one that is saved is downloaded under its id', async ({
  app,
  page,
  api,
}) => {
  const files = new Files(page);
  await app.open('/');
  await files.add('File', 'report.html');
  await expect(page.getByText("Nothing was uploaded to 'report.html' yet.")).toBeVisible();
  await files.choose({ name: 'report.html', buffer: Buffer.from('<b>words</b>') });
  await expect(page.getByText('Browsers save it: nothing in it is opened or run.')).toBeVisible();
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  expect((await downloading).suggestedFilename()).toBe('report.html');
  await expect(page.getByRole('link', { name: 'Open' })).toHaveCount(0);
  const { properties } = (await api('/api/report.html')).json<ObjectMessage>();
  expect(properties).toEqual({ content_type: 'application/octet-stream' });
  await app.open('/report.html', 'properties');
  await page.getByLabel('Content type', { exact: true }).selectOption('text/plain');
  await app.button('Save changes').click();
  await expect(app.flash(/^Saved changes/)).toBeVisible();
  await page.getByLabel('Content type', { exact: true }).selectOption('image/png');
  await app.button('Save changes').click();
  await expect(page.getByText("The bytes of this file are not what 'image/png' is (PNG image).").first()).toBeVisible();
});

test('an image that is damaged is said to be, and breaks nothing', async ({ app, page, api }) => {
  await put(api, 'broken.png', Buffer.concat([png(30, 20).subarray(0, 40), Buffer.alloc(50)]));
  await app.open('/broken.png');
  await expect(page.getByText('This browser cannot show the image: it may be damaged.')).toBeVisible();
});

test.describe('phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('a picture is uploaded, looked at and replaced on a phone', async ({ page }) => {
    const files = new Files(page);
    await files.open('/');
    await files.signIn();
    await files.heading.getByText('Root').waitFor();
    await files.choose({ name: 'photo.png', buffer: png(30, 20) });
    await expect(files.flash("Uploaded 'photo.png'.")).toBeVisible();
    await files.row('photo.png').getByRole('link').click();
    await expect(files.picture).toHaveJSProperty('naturalWidth', 30);
    await files.choose({ name: 'photo.png', buffer: png(31, 20) });
    await files.replace('photo.png');
    await expect(files.picture).toHaveJSProperty('naturalWidth', 31);
  });
});
