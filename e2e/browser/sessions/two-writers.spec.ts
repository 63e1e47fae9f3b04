import { TestTab } from '../../support/pages/test-tab.ts';
import { setUpSessions } from '../../http/site.ts';
import { checkEveryLook } from '../check-screen.ts';
import { expect, test } from '../fixtures.ts';
import { picture } from '../screenshots.ts';

test('one click shows that two changes at once are both kept, and what one has put there stays as it was', async ({
  app,
  page,
  server,
  memcached,
}) => {
  await setUpSessions(server, [memcached.address]);
  const tester = new TestTab(page);
  await app.open('/mcsdc', 'test');
  const writers = page.locator('two-writers');
  await expect(writers).toContainText('Two requests change your session in the same moment, each another key.');
  await app.button('Run two writers at once').click();
  await expect(writers.getByRole('status')).toContainText('so one was begun for this, and ended again.');
  await expect(page.getByText('You have no session yet.')).toBeVisible();

  await tester.add('key1 value one');
  await app.button('Run two writers at once').click();
  await expect(writers).toContainText(/Keys that survived\s*2 of 2\s*Retries\s*1/);
  await expect(writers.getByRole('status')).toHaveText(/Both changes were kept\.\s*$/);
  await expect(app.button('Run two writers at once')).toBeFocused();
  await page.reload();
  await expect(tester.item('key1')).toContainText('value one');
  await expect(tester.session.getByRole('row'), 'its head and the one item').toHaveCount(2);
  await app.button('Run two writers at once').click();
  await expect(writers).toContainText('2 of 2');
  await picture(page, 'two-writers');
  await checkEveryLook(page);

  await memcached.kill();
  await app.button('Run two writers at once').click();
  await expect(writers.getByRole('status')).toContainText(/Can't reach memcache server! .* refused the connection/);
  await expect(writers.getByRole('link', { name: 'Servers of /mcproxy' })).toBeVisible();
});
