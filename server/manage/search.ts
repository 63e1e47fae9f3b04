import { searchObjects } from '../../schema/endpoints/objects.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { listed } from './describe.ts';

const MOST_FOUND = 20;

const search = method(searchObjects, {
  permission: 'View management screens',
  async run({ tree, request }) {
    const text = (request.query.get('text') ?? '').trim().slice(0, 255);
    if (text === '') return { items: [] };
    // The root has no id; people look for it by the name that it is shown by.
    const roots = 'root'.startsWith(text.toLowerCase()) ? [await tree.root()] : [];
    const found = await tree.search(text, MOST_FOUND);
    const objects = [...new Set([...roots, ...found])].slice(0, MOST_FOUND);
    return { items: objects.map((object) => ({ id: object.id, ...listed(object) })) };
  },
});

/** Looking for objects by a word or two. */
export const searchViews = viewsOn('root', search);
