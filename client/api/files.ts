import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import { serverAnswered, serverLost } from '../state/connection.ts';
import { address, ApiProblem, outcome, viewOf } from './request.ts';

interface Sending {
  readonly signal: AbortSignal;
  /** From 0 to 1, while it is sent. */
  readonly onProgress: (share: number) => void;
}

/** Adds an Image or a File, whichever the name and the bytes make it. */
export function uploadFile(folder: string, id: string, file: File, sending: Sending): Promise<ObjectMessage> {
  return send(viewOf(folder, 'upload'), { id, name: file.name }, file, sending);
}

/** Puts other bytes in the place of those that are there; with a revision, only while the object is at that. */
export function replaceContent(
  path: string,
  file: File,
  sending: Sending,
  revision: number | undefined,
): Promise<ObjectMessage> {
  return send(viewOf(path, 'content'), { name: file.name }, file, sending, revision);
}

/** fetch cannot tell how far an upload is, so this is the one place that does not use it. */
function send(
  path: string,
  query: Readonly<Record<string, string>>,
  file: File,
  { signal, onProgress }: Sending,
  revision?: number,
): Promise<ObjectMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<ObjectMessage>();
  const sender = new XMLHttpRequest();
  const stop = () => sender.abort();
  sender.open('POST', address(path, query));
  sender.responseType = 'json';
  sender.setRequestHeader('accept', 'application/json');
  sender.setRequestHeader('content-type', 'application/octet-stream');
  if (revision !== undefined) sender.setRequestHeader('if-match', `"${revision}"`);
  sender.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 1);
  sender.onload = () => {
    serverAnswered();
    const { status, response } = sender;
    resolve(Promise.try(() => outcome<ObjectMessage>(path, status, sender.getResponseHeader('retry-after'), response)));
  };
  sender.onabort = () => reject(signal.reason);
  sender.onerror = () => {
    serverLost();
    reject(new ApiProblem(0, 'the connection to the server broke, or the file cannot be read.'));
  };
  sender.onloadend = () => signal.removeEventListener('abort', stop);
  signal.addEventListener('abort', stop);
  sender.send(file);
  return promise;
}
