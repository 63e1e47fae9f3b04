import { endpoint } from '../endpoint.ts';
import { about, listOf, object, text, texts, type ValueOf } from '../json-schema.ts';

export const readNews = endpoint({
  http: 'GET',
  view: 'news',
  summary: 'What is new in this version: the newest section of the list of changes, for everybody who is signed in.',
  answer: object({
    version: text,
    heading: about('Of the section: the version with its date, or that it is not released yet.', text),
    parts: listOf(object({ heading: text, items: about('In Markdown, each a paragraph.', texts) })),
  }),
});
export type News = ValueOf<typeof readNews.answer>;
