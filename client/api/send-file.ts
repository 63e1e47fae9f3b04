import type { AnswerOf, Endpoint } from '../../schema/endpoint.ts';
import { serverAnswered, serverLost } from '../state/connection.ts';
import type { Options } from './call.ts';
import { address, ApiProblem, outcome, viewOf } from './request.ts';

interface Sending<E extends Endpoint> extends Options<E> {
  readonly signal: AbortSignal;
  /** From 0 to 1, while it is sent. */
  readonly onProgress: (share: number) => void;
}

/** Sends a file to an endpoint that takes bytes. fetch cannot tell how far that is, so this is the one place without it. */
export function sendFile<E extends Endpoint & { readonly takesBytes: true }>(
  { http, view }: E,
  object: string,
  file: File,
  { signal, onProgress, query, revision }: Sending<E>,
): Promise<AnswerOf<E>> {
  const path = viewOf(object, view);
  const { promise, resolve, reject } = Promise.withResolvers<AnswerOf<E>>();
  const sender = new XMLHttpRequest();
  const stop = () => sender.abort();
  sender.open(http, address(path, { ...query, name: file.name }));
  sender.responseType = 'json';
  sender.setRequestHeader('accept', 'application/json');
  sender.setRequestHeader('content-type', 'application/octet-stream');
  if (revision !== undefined) sender.setRequestHeader('if-match', `"${revision}"`);
  sender.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 1);
  sender.onload = () => {
    serverAnswered();
    const { status, response } = sender;
    resolve(Promise.try(() => outcome<AnswerOf<E>>(path, status, sender.getResponseHeader('retry-after'), response)));
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
