import { fileContent, type ContentMessage } from '../../../../schema/endpoints/files.ts';
import { p } from '../../../../schema/fields.ts';
import { encodeUrlPath } from '../../../../schema/paths.ts';
import type { TreeObject } from '../../../objects/object.ts';
import { defineType } from '../../../objects/types.ts';
import { SHOWN } from '../../../manage/saying.ts';
import { byView, method } from '../../../publisher/views.ts';
import { deliver } from './delivery.ts';
import { fits, FILE_TYPES, HEAD_BYTES, IMAGE_TYPES, isImage, isShown, UNKNOWN, wordsFor } from './media-types.ts';
import { replaceContent } from './upload.ts';

const view = method({
  http: 'GET',
  permission: 'View',
  summary: 'The bytes.',
  run({ object, request, reads }) {
    reads.object(object);
    // Which bytes are sent depends on what the client has.
    reads.never();
    return deliver(object, contentTypeOf(object), request);
  },
});

const show = method(fileContent, {
  permission: 'View management screens',
  run: ({ object }) => contentMessage(object),
});

const common = {
  group: 'Content',
  addPermission: 'Add Documents, Images, and Files',
  changePermission: 'Change Images and Files',
  ui: {
    tabs: [
      { id: 'content', label: 'Content', element: 'content-tab' },
      { id: 'properties', label: 'Properties', element: 'properties-tab' },
    ],
  },
  publish: { view, methods: byView(show, replaceContent) },
  provides: [SHOWN.by(({ content, properties }) => ({ ...properties, size: content?.size ?? 0 }))],
  check: async (object: TreeObject, { content_type: type }: { readonly content_type?: string }) => {
    if (type === undefined || (await canBe(type, object))) return [];
    const detail = `The bytes of this file are not what '${type}' is (${wordsFor(type)}). Use '${UNKNOWN}', or upload others.`;
    return [{ pointer: '/properties/content_type', detail }];
  },
} as const;

const typeHelp = 'What browsers are told it is. Web pages and scripts are only ever saved, never opened here.';

export const file = defineType({
  ...common,
  type: 'File',
  description: 'Bytes of any kind, to read or to save',
  icon: 'file',
  suggestedId: 'file',
  properties: {
    content_type: p.selection({ title: 'Content type', help: typeHelp, choices: FILE_TYPES, default: UNKNOWN }),
  },
});

export const image = defineType({
  ...common,
  type: 'Image',
  description: 'A picture: GIF, JPEG, PNG, WebP, AVIF or ICO',
  icon: 'image',
  suggestedId: 'image',
  properties: {
    content_type: p.selection({ title: 'Content type', help: typeHelp, choices: IMAGE_TYPES, default: 'image/png' }),
    width: pixels('Width'),
    height: pixels('Height'),
  },
});

function pixels(title: string) {
  const help = 'Read from the image; 0 where it does not say.';
  return p.integer({ title, help, default: 0, minimum: 0, maximum: 1_000_000, unit: 'pixels', readOnly: true });
}

async function canBe(type: string, object: TreeObject): Promise<boolean> {
  const { content } = object;
  if (content === undefined) return true;
  const head = await object.tree.bytesOf(object, content, 0, Math.min(content.size, HEAD_BYTES));
  return fits(type, Buffer.concat(await Array.fromAsync(head)));
}

function contentMessage(object: TreeObject): ContentMessage {
  const { content, properties } = object;
  const type = contentTypeOf(object);
  const { width = 0, height = 0 } = properties as { readonly width?: number; readonly height?: number };
  return {
    address: encodeUrlPath(object.path),
    bytes: content?.size ?? 0,
    contentType: content === undefined ? null : type,
    words: wordsFor(type),
    isShown: isShown(type),
    isImage: isImage(type),
    pixels: width > 0 && height > 0 ? { width, height } : null,
  };
}

function contentTypeOf(object: TreeObject): string {
  return String(object.properties['content_type']);
}
