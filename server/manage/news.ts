import { readFile } from 'node:fs/promises';
import { readNews, type News } from '../../schema/endpoints/news.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { siteOf } from '../site/site.ts';
import { OWN } from './own-logins.ts';

const CHANGES = new URL('../../CHANGELOG.md', import.meta.url);

const news = method(readNews, {
  permission: OWN,
  async run(call) {
    // Whoever took the server somewhere without the list has no news.
    const text = await readFile(CHANGES, 'utf8').catch(() => '');
    return { version: siteOf(call).version, ...newestIn(text) };
  },
});

/** What is new, for who is signed in. */
export const newsViews = viewsOn('root', news);

/** The first section of a list of changes: `## 1.2.0, 3 May`, parts that begin with a line in bold, and their items. */
export function newestIn(text: string): Pick<News, 'heading' | 'parts'> {
  const [, section = ''] = text.split(/^## /m);
  const [heading = '', ...lines] = section.split('\n');
  const parts: { heading: string; items: string[] }[] = [];
  for (const line of lines) {
    const [, bold] = /^\*\*(.+)\*\*$/.exec(line) ?? [];
    const part = parts.at(-1);
    if (bold !== undefined) parts.push({ heading: bold, items: [] });
    else if (line.startsWith('- ')) (part ?? addTo(parts)).items.push(line.slice(2));
    else if (line.startsWith('  ') && part !== undefined)
      part.items.push(`${part.items.pop() ?? ''} ${line.trim()}`.trim());
  }
  return { heading: heading.trim(), parts };
}

function addTo(parts: { heading: string; items: string[] }[]) {
  const part = { heading: '', items: [] as string[] };
  parts.push(part);
  return part;
}
