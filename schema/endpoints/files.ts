import { endpoint } from '../endpoint.ts';
import { about, flag, integer, object, orNull, text, type ValueOf } from '../json-schema.ts';
import { objectMessage } from './objects.ts';

const NAME = 'The name that the file has where it comes from; it decides the type. The id, unless said.';

export const fileContent = endpoint({
  http: 'GET',
  view: 'content',
  summary: 'Size and type of the bytes.',
  answer: object({
    address: about('Where they are published: "/pictures/tree.png".', text),
    bytes: integer,
    contentType: about('`null`: nothing was uploaded yet.', orNull(text)),
    words: about('The type in words: "PNG image".', text),
    isShown: about('Whether a browser shows them; it saves them otherwise.', flag),
    isImage: flag,
    pixels: about('Of images whose size could be read.', orNull(object({ width: integer, height: integer }))),
  }),
});
export type ContentMessage = ValueOf<typeof fileContent.answer>;

export const uploadFile = endpoint({
  http: 'POST',
  view: 'upload',
  summary: 'Adds an Image or a File to this folder, from bytes.',
  takesBytes: true,
  query: { id: 'The id of the new object.', name: NAME },
  answer: objectMessage,
});

export const replaceBytes = endpoint({
  http: 'POST',
  view: 'content',
  summary: 'Puts other bytes in the place of these; with If-Match only while the object is at that revision.',
  takesBytes: true,
  query: { name: NAME },
  answer: objectMessage,
});
