import { endpoint } from '../endpoint.ts';
import { about, integer, object, orNull, text, type ValueOf } from '../json-schema.ts';

const templateFaultMessage = object({
  message: about('A sentence.', text),
  path: about('The template that is at fault: the one asked about, or one that it includes.', text),
  line: about('0 where no line is to blame.', integer),
  column: integer,
});
export type TemplateFaultMessage = ValueOf<typeof templateFaultMessage>;

export const previewTemplate = endpoint({
  http: 'POST',
  view: 'preview',
  summary: 'The page that a text would make, as the caller would see it. Nothing is kept.',
  body: { text },
  answer: object({
    body: text,
    redirect: about('Where a visitor would be sent in place of the page.', orNull(text)),
    fault: about('Why there is no page.', orNull(templateFaultMessage)),
  }),
});
export type PreviewMessage = ValueOf<typeof previewTemplate.answer>;
