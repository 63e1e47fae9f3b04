import { replaceBytes, uploadFile } from '../../../schema/endpoints/files.ts';
import { checkValues } from '../../../schema/endpoints/forms.ts';
import { call } from '../../api/call.ts';
import { MAX_FILE_BYTES } from '../../../schema/files.ts';
import { checkId, idFromFileName, normaliseId } from '../../../schema/ids.ts';
import { childPath } from '../../../schema/paths.ts';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { sendFile } from '../../api/send-file.ts';
import { getObject } from '../../api/objects.ts';
import { ApiProblem, detailOf, mayPass } from '../../api/request.ts';
import { overLimit } from '../../parts/format.ts';
import { Observable } from '../../state/observable.ts';

type UploadState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'sending'; readonly share: number }
  /** The id cannot be had: another one, or the contents of what has it, or not at all. */
  | { readonly kind: 'asking'; readonly reason: string; readonly holder: ObjectMessage | undefined }
  /** `isFinal`: the same file would be refused again. */
  | { readonly kind: 'failed'; readonly reason: string; readonly isFinal: boolean }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'done' };

/** One file on its way into a folder. */
export interface Upload {
  readonly file: File;
  readonly id: string;
  /** The object whose contents it replaces. */
  readonly replaces: ObjectMessage | undefined;
  readonly state: UploadState;
}

/** Files on their way into a folder, one after the other. One that needs an answer holds up none of the others. */
export class Uploads extends Observable<readonly Upload[]> {
  readonly #folder: string;
  readonly #stop = new AbortController();
  #isWorking = false;

  constructor(folder: string, files: readonly File[]) {
    super(files.map((file) => ({ file, id: idFromFileName(file.name), replaces: undefined, state: WAITING })));
    this.#folder = folder;
  }

  /** Whether nothing is left that could still be uploaded without an answer. */
  get isAtRest(): boolean {
    return this.get().every(({ state }) => state.kind !== 'waiting' && state.kind !== 'sending');
  }

  /** Whether nothing is left at all. */
  get isOver(): boolean {
    return this.get().every(({ state }) => state.kind === 'done' || state.kind === 'skipped');
  }

  get asking(): readonly Upload[] {
    return this.get().filter(({ state }) => state.kind === 'asking');
  }

  get done(): readonly Upload[] {
    return this.get().filter(({ state }) => state.kind === 'done');
  }

  /** Sends what waits. */
  async work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (;;) {
      const at = this.get().findIndex(({ state }) => state.kind === 'waiting');
      if (at < 0 || this.#stop.signal.aborted) break;
      await this.#upload(at);
    }
    this.#isWorking = false;
  }

  /** Nothing more is sent, and what is being sent breaks off. */
  stop(): void {
    this.#stop.abort(new Error('It was cancelled.'));
  }

  rename(at: number, id: string): void {
    this.#set(at, { id });
  }

  retry(at: number, replaces?: ObjectMessage): void {
    this.#set(at, { state: WAITING, replaces });
    void this.work();
  }

  skip(at: number): void {
    this.#set(at, { state: { kind: 'skipped' } });
  }

  /** Where contents may be replaced, for all that ask. */
  replaceAll(): void {
    for (const [at, { state }] of this.get().entries()) {
      if (state.kind === 'asking' && state.holder) this.retry(at, state.holder);
    }
  }

  skipAll(): void {
    for (const [at, { state }] of this.get().entries()) if (state.kind === 'asking') this.skip(at);
  }

  async #upload(at: number): Promise<void> {
    const upload = this.get()[at]!;
    const id = normaliseId(upload.id);
    const tooLarge = sizeProblem(upload.file);
    if (tooLarge !== undefined) return this.#set(at, { state: { kind: 'failed', reason: tooLarge, isFinal: true } });
    try {
      this.#set(at, { id, state: { kind: 'sending', share: 0 } });
      const problem = upload.replaces === undefined ? await this.#idProblem(id) : undefined;
      if (problem === undefined) await this.#send(at, { ...upload, id });
      else await this.#ask(at, id, problem);
    } catch (caught) {
      await this.#onFailure(at, id, caught);
    }
  }

  async #send(at: number, { file, id, replaces }: Upload): Promise<void> {
    const sending = {
      signal: this.#stop.signal,
      onProgress: (share: number) => this.#set(at, { state: { kind: 'sending', share } }),
    };
    if (replaces === undefined) await sendFile(uploadFile, this.#folder, file, { ...sending, query: { id } });
    else await sendFile(replaceBytes, replaces.path, file, { ...sending, revision: replaces.revision });
    this.#set(at, { state: { kind: 'done' } });
  }

  /** Asked before anything is sent; the server asks again when it is. */
  async #idProblem(id: string): Promise<string | undefined> {
    const isRoot = this.#folder === '/';
    const { errors } = await call(checkValues, this.#folder, { type: 'File', id }, { signal: this.#stop.signal });
    return checkId(id, { inRoot: isRoot }) ?? errors.find(({ pointer }) => pointer === '/id')?.detail;
  }

  async #ask(at: number, id: string, reason: string): Promise<void> {
    const holder = await this.#holderOf(id);
    this.#set(at, { state: { kind: 'asking', reason, holder } });
  }

  /** The File or Image that has the id, if its contents may be replaced. */
  async #holderOf(id: string): Promise<ObjectMessage | undefined> {
    if (checkId(id) !== undefined) return undefined;
    const holder = await getObject(childPath(this.#folder, id), this.#stop.signal).catch(() => undefined);
    return holder?.may.change && (holder.type === 'File' || holder.type === 'Image') ? holder : undefined;
  }

  async #onFailure(at: number, id: string, caught: unknown): Promise<void> {
    const problems = caught instanceof ApiProblem ? caught.errors : [];
    const wrongId = problems.find(({ pointer }) => pointer === '/id');
    if (wrongId !== undefined) return this.#ask(at, id, wrongId.detail);
    // What was to be replaced is gone or another now: tried again, it is asked about anew.
    const isOvertaken = this.get()[at]?.replaces !== undefined && caught instanceof ApiProblem && caught.status !== 403;
    const isFinal = !mayPass(caught) && !isOvertaken;
    this.#set(at, { state: { kind: 'failed', reason: detailOf(caught), isFinal } });
  }

  #set(at: number, change: Partial<Upload>): void {
    this.set(this.get().map((upload, index) => (index === at ? { ...upload, ...change } : upload)));
  }
}

const WAITING: UploadState = { kind: 'waiting' };

/** An id near to one that cannot be had: "tree-2.png". */
export function anotherId(id: string): string {
  const [, stem = id, number, end = ''] = /^(.+?)(?:-([2-8]))?(\.[^.]+)?$/.exec(id) ?? [];
  return `${stem}-${number === undefined ? 2 : Number(number) + 1}${end}`;
}

/** Why a file is too large to be sent; nothing where it is not. */
export function sizeProblem({ size }: File): string | undefined {
  if (size <= MAX_FILE_BYTES) return undefined;
  return `It has ${overLimit(size, MAX_FILE_BYTES)} are taken.`;
}
