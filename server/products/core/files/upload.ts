import { replaceBytes, uploadFile } from '../../../../schema/endpoints/files.ts';
import { normaliseId } from '../../../../schema/ids.ts';
import { Invalid, invalidAt } from '../../../base/errors.ts';
import { idProblem } from '../../../manage/checks.ts';
import { answerWith, answerWithMade, checkRevision } from '../../../manage/object.ts';
import type { Call } from '../../../publisher/call.ts';
import type { Received } from '../../../publisher/request.ts';
import { method, viewsOn } from '../../../publisher/views.ts';
import { HEAD_BYTES, isImage, mediaTypeFor, UNKNOWN } from './media-types.ts';

const add = method(uploadFile, {
  permission: 'Add Documents, Images, and Files',
  async run(call) {
    const { object: folder, tree } = call;
    const id = normaliseId(call.request.query.get('id') ?? '');
    const problem = await idProblem(folder, id, undefined);
    if (problem !== undefined) throw invalidAt('/id', problem);
    const received = await receive(call);
    const { type, properties } = await lookInto(received, call.request.query.get('name') ?? id);
    await tree.blobsBelow(folder).stage(received);
    const made = tree.add(folder, { type, id, properties, content: contentOf(received) });
    call.describe(`Uploaded ${made.path}`);
    return () => answerWithMade(made, call);
  },
});

/** On every folder. */
export const uploadViews = viewsOn('folder', add);

/** On a File or an Image itself. */
export const replaceContent = method(replaceBytes, {
  permission: 'Change Images and Files',
  async run(call) {
    const { object, tree } = call;
    checkRevision(call);
    const received = await receive(call);
    const present = String(object.properties['content_type']);
    const { type, properties } = await lookInto(received, call.request.query.get('name') ?? object.id, present);
    if (object.type === 'Image' && type !== 'Image') {
      throw new Invalid(
        'These bytes are not an image. An Image keeps GIF, JPEG, PNG, WebP, AVIF or ICO; add a File for others.',
      );
    }
    await tree.blobsOf(object).stage(received);
    tree.change(object, {
      properties: object.type === 'Image' ? properties : { content_type: properties.content_type },
      content: contentOf(received),
    });
    call.describe(`Replaced the contents of ${object.path}`);
    return () => answerWith(object, call);
  },
});

async function receive({ request }: Call): Promise<Received> {
  if (request.upload === undefined) throw new Error('A method that takes bytes was called without.');
  return request.upload.receive();
}

/** What kind of object bytes make, and what is to be known of them. */
async function lookInto(received: Received, name: string, present = UNKNOWN) {
  const head = await received.head(HEAD_BYTES);
  const type = mediaTypeFor(name, head, present);
  if (!isImage(type)) return { type: 'File', properties: { content_type: type } };
  // Loaded with the first image: applications that only use sessions do without its library.
  const { pixelSizeOf } = await import('./pixel-size.ts');
  const { width, height } = pixelSizeOf(head) ?? { width: 0, height: 0 };
  return { type: 'Image', properties: { content_type: type, width, height } };
}

function contentOf({ hash, size }: Received) {
  return { hash, size };
}
