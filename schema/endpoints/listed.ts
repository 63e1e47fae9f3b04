import { text } from '../json-schema.ts';

/** What every list says of an object in it. */
export const listed = { path: text, type: text, icon: text, title: text };
