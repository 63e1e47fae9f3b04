import { closePercentBrace, liquid } from '@codemirror/lang-liquid';
import type { Extension } from '@codemirror/state';
import { PAGE_NAMES } from '../../../../schema/page-names.ts';

const OBJECT = ['id', 'title', 'path', 'url', 'type', 'created', 'modified', 'values', 'children', 'container'];

/** What follows a name of the template's own: `here.title`. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  here: OBJECT,
  container: OBJECT,
  root: OBJECT,
  template: OBJECT,
  request: ['method', 'path', 'query', 'form'],
  user: ['name', 'roles'],
  browser: ['id', 'source'],
};

/** Page templates: HTML with Liquid in it, and the names that Trellis adds; the session has one of its own as well. */
export function liquidLanguage(sessionName?: string): Extension {
  const names = sessionName === undefined ? PAGE_NAMES : [...PAGE_NAMES, sessionName];
  return [
    liquid({
      tags: ['session', 'redirect'].map((label) => ({ label, type: 'keyword' })),
      filters: ['children', 'money', 'number', 'sort_numeric'].map((label) => ({ label, type: 'function' })),
      variables: names.map((label) => ({ label, type: 'variable' })),
      properties: ([first = '', ...more]) => (more.length > 0 ? [] : (MEMBERS[first] ?? [])).map(property),
    }),
    closePercentBrace,
  ];
}

function property(label: string) {
  return { label, type: 'property' };
}
