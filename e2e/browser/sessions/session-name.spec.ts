import { expect, test } from '../fixtures.ts';

test('another name for the session says how pages read it, and which know it by the former one, before and after', async ({
  app,
  api,
  page,
}) => {
  const properties = { text: '{{ SESSION.cart }}' };
  await api('/api/', { body: { type: 'Page Template', id: 'cart', properties } });
  await app.open('/session_data_manager');
  await page.getByLabel('Place session data in REQUEST object as').fill('MYDATA');
  await expect(page.getByText('Pages read it as {{ MYDATA.cart }}, and as {{ session.cart }}.')).toBeVisible();
  const lost = 'Pages that read {{ SESSION.… }} find nothing under that name any more: /cart.';
  await expect(page.getByText(lost)).toBeVisible();
  await app.button('Change').click();
  await expect(app.flash(/find nothing under that name any more: \/cart\./)).toBeVisible();
});
