import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { DiskFull, StorageUnreachable } from '../base/errors.ts';
import { MAX_FILE_BYTES } from '../../schema/files.ts';
import type { Received, Upload } from '../publisher/request.ts';
import { chunksOf, type BodyLimits } from './body.ts';

/** A line of 1 Mbit/s is enough. */
export const UPLOAD_LIMITS: BodyLimits = { bytes: MAX_FILE_BYTES, ms: 10 * 60_000 };
export const UPLOAD_TYPE = 'application/octet-stream';

const NAME = 'upload-';

/** An upload that is taken into a file without a name: it is gone with this process, however that ends. */
export class FileUpload implements Upload {
  readonly #message: IncomingMessage;
  readonly #folder: string;
  #file: FileHandle | undefined;
  #received: Promise<Received> | undefined;

  constructor(message: IncomingMessage, folder: string) {
    this.#message = message;
    this.#folder = folder;
  }

  receive(): Promise<Received> {
    this.#received ??= this.#take();
    return this.#received;
  }

  async close(): Promise<void> {
    await this.#received?.catch(() => undefined);
    await this.#file?.close();
  }

  async #take(): Promise<Received> {
    const file = await openNameless(this.#folder).catch(explain);
    this.#file = file;
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of chunksOf(this.#message, UPLOAD_LIMITS)) {
      hash.update(chunk);
      await file.writeFile(chunk).catch(explain);
      size += chunk.length;
    }
    return {
      hash: hash.digest('base64url'),
      size,
      head: (bytes) => readInto(Buffer.allocUnsafeSlow(Math.min(bytes, size)), file, 0),
      async *slices(bytes) {
        const room = Buffer.allocUnsafeSlow(Math.min(bytes, size));
        for (let at = 0; at < size; at += bytes) yield readInto(room, file, at);
      },
    };
  }
}

/** Removes what a process left that was killed between making such a file and taking its name away. */
export async function sweepUploads(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(NAME));
  for (const name of left) await rm(join(folder, name), { force: true });
}

async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `${NAME}${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await rm(path, { force: true });
  return file;
}

function explain(error: NodeJS.ErrnoException): never {
  throw DiskFull.isCause(error) ? new DiskFull(error) : new StorageUnreachable('The file for what is sent', error);
}

async function readInto(room: Buffer, file: FileHandle, position: number): Promise<Buffer> {
  const { bytesRead } = await file.read(room, 0, room.length, position);
  return room.subarray(0, bytesRead);
}
