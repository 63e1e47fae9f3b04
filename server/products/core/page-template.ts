import { p } from '../../../schema/fields.ts';
import { defineType } from '../../objects/types.ts';
import { html } from '../../publisher/request.ts';
import { method } from '../../publisher/views.ts';

/** A page of HTML at its own path. Nothing in it is run, here or in the visitor's browser. */
export const pageTemplate = defineType({
  type: 'Page Template',
  description: 'A page, served at its path',
  icon: 'file-text',
  group: 'Content',
  suggestedId: 'index_html',
  addPermission: 'Add Page Templates',
  isCacheable: true,
  properties: {
    text: p.text({
      title: 'Text',
      help: 'HTML, served as it is. Scripts in it do not run.',
      placeholder: '<!doctype html>',
    }),
  },
  view: method({
    http: 'GET',
    permission: 'View',
    summary: 'The page.',
    run({ object, reads }) {
      reads.object(object);
      return html(String(object.properties['text']));
    },
  }),
});
