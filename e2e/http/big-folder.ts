import { eachOf, type Client } from './client.ts';

const ADDED = 100;
const MOST_COPIED = 1_000;

/** Makes a folder of many folders: some are added, and copied until there are enough. Gives their ids, in their order. */
export async function makeBigFolder(api: Client, path: string, count: number): Promise<readonly string[]> {
  await api('/api/', { body: { type: 'Folder', id: path.slice(1) } });
  const ids = Array.from({ length: Math.min(count, ADDED) }, (_, index) => `item${String(index).padStart(4, '0')}`);
  await eachOf(ids, async (id) => void (await api(`/api${path}`, { body: { type: 'Folder', id } })));
  const made = [...ids];
  while (made.length < count) {
    const paths = made.slice(0, Math.min(MOST_COPIED, count - made.length)).map((id) => `${path}/${id}`);
    const { items } = (await api(`/api${path}/@copy`, { body: { paths } })).json<{ items: { path: string }[] }>();
    made.push(...items.map((item) => item.path.slice(path.length + 1)));
  }
  return made.toSorted();
}
