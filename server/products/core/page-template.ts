import { childPath, encodeUrlPath } from '../../../schema/paths.ts';
import { p } from '../../../schema/fields.ts';
import { previewTemplate } from '../../../schema/endpoints/templates.ts';
import type { FieldProblem } from '../../../schema/problems.ts';
import { wordsForVisitors } from '../../base/visitor-words.ts';
import { defineType } from '../../objects/types.ts';
import { FAILURE_PAGE, SHOWS_FAILURES } from '../../publisher/failure-page.ts';
import type { Failure } from '../../publisher/request.ts';
import { method } from '../../publisher/views.ts';
import { TemplateFault } from '../../templates/renderer.ts';
import { sessionNameFor } from '../sessions/session-name.ts';
import { SHOWN } from '../../manage/saying.ts';
import { CACHEABLE } from '../../publisher/invoke-cached.ts';
import { PAGE_TEMPLATE } from './page-answers.ts';
import { PLACE } from './page-locale.ts';
import { isTemplate, makePage, publishPage, showFailure, syntaxFaults } from './page.ts';

const CHANGE = 'Manage properties';

/** What the preview of a page about failures shows, and what it says was asked for. */
const NOT_THERE = 'no-such-page';
const SAMPLE: Failure = {
  status: 404,
  title: wordsForVisitors(404).heading,
  message: wordsForVisitors(404).sentence,
  retry_after: null,
  reference: null,
  detail: null,
};

const preview = method(previewTemplate, {
  permission: CHANGE,
  async run(call) {
    const { object, body } = call;
    const isAboutFailures = object.id === FAILURE_PAGE;
    const isFolders = isAboutFailures || object.id === 'index_html';
    const addressed = isFolders ? (object.parent ?? object) : object;
    const path = encodeUrlPath(isAboutFailures ? childPath(addressed.path, NOT_THERE) : addressed.path);
    // As when the page is visited, not as when the preview is asked for.
    const request = { ...call.request, method: 'GET', path, query: new URLSearchParams() };
    try {
      const special = { unsaved: body.text, ...(isAboutFailures ? { failure: SAMPLE } : {}) };
      const { body: page, redirect = null } = await makePage({ ...call, addressed, request }, special);
      return { body: page, redirect, fault: null };
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      const { message, path, line, column } = error.fault;
      return { body: '', redirect: null, fault: { message, path, line, column } };
    }
  },
});

/** A page made from a Liquid template at its own path. Nothing in it is run in the server's process or by the browser. */
export const pageTemplate = defineType({
  type: 'Page Template',
  description: 'A page made from a template, served at its path',
  icon: 'file-text',
  group: 'Content',
  suggestedId: 'index_html',
  addPermission: 'Add Page Templates',
  changePermission: CHANGE,
  properties: {
    text: p.code({
      title: 'Text',
      help: 'HTML with Liquid: {{ here.title }}. Scripts in it do not run.',
      language: 'liquid',
      answers: true,
    }),
    values: p.lines({
      title: 'Values',
      help: 'A name, a colon and a value on each line. Templates read them as {{ here.values.price }}.',
      placeholder: 'price: 3.20',
      maxLines: 100,
      item: valueProblem,
    }),
    ...PLACE,
  },
  ui: {
    tabs: [
      { id: 'edit', label: 'Edit', element: 'template-edit-tab' },
      { id: 'properties', label: 'Properties', element: 'properties-tab' },
    ],
  },
  answers: {
    text: async (_, object) => ({ results: [], sessionName: await sessionNameFor(object) }),
  },
  provides: [
    PAGE_TEMPLATE.by(({ properties }) => String(properties['text'])),
    SHOWS_FAILURES.by(() => showFailure),
    SHOWN.by(({ properties }) => ({ values: valuesIn(properties['values'] as readonly string[]) })),
    CACHEABLE.by(() => true),
  ],
  publish: {
    methods: { preview },
    view: [
      method({ http: 'GET', permission: 'View', summary: 'The page.', run: (call) => publishPage(call) }),
      method({ http: 'POST', permission: 'View', summary: 'A form in a page.', run: (call) => publishPage(call) }),
    ],
  },
  check: async (object, values) => (isTemplate(values.text) ? syntaxProblems(values.text, object.path) : []),
});

async function syntaxProblems(source: string, path: string): Promise<readonly FieldProblem[]> {
  const faults = await syntaxFaults(source, path);
  return faults.map(({ line, message }) => ({
    pointer: '/properties/text',
    detail: line === 0 ? message : `Line ${line}: ${message}`,
  }));
}

const VALUE = /^([A-Za-z][A-Za-z0-9_]*):(.*)$/s;

function valueProblem(line: string): string | undefined {
  return VALUE.test(line) ? undefined : `'${line}' is no value. Write a name, a colon and the value: price: 3.20`;
}

function valuesIn(lines: readonly string[]): Readonly<Record<string, string>> {
  const pairs = lines.flatMap((line) => {
    const [, name = '', value = ''] = VALUE.exec(line) ?? [];
    return name === '' ? [] : [[name, value.trim()] as const];
  });
  return Object.fromEntries(pairs);
}
