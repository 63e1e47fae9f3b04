import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { setTimeout as wait } from 'node:timers/promises';
import { LIMITS } from './limits.ts';
import type { Fault, FromThread, Job, TemplateQuestion, Rendered, ToThread } from './protocol.ts';

const FILE = new URL('./thread.ts', import.meta.url);
const LOOK_EVERY_MS = 25;
/** A thread that does not say within this time how much it has worked is in the middle of something without an end. */
const SILENT_MS = 1000;

/** Answers what a template asks on the way. */
export type Answering = (question: TemplateQuestion) => Promise<unknown>;

/** A template that cannot be rendered, or parsed. */
export class TemplateFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Of what a thread does: a page, or what is wrong with a syntax. */
type Outcome = Rendered | readonly Fault[];

interface Task {
  readonly path: string;
  readonly answering: Answering;
  readonly outcome: PromiseWithResolvers<Outcome>;
  /** What the thread had worked before. */
  readonly workedMs: number;
  /** Why something that the template asked for could not be had. */
  refusal?: { readonly error: unknown };
}

/**
 * One thread that renders one template at a time. It has none of the environment, a small heap, and is watched from here: whoever
 * gets round what the engine counts is ended with the thread.
 */
export class Renderer {
  /** It was ended, or ended itself, and renders nothing more. */
  isOver = false;
  readonly #worker = new Worker(FILE, {
    env: compileCache(),
    argv: [],
    name: 'page templates',
    resourceLimits: { maxOldGenerationSizeMb: LIMITS.heapMb, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 },
  });
  readonly #ready = Promise.withResolvers<void>();
  #task: Task | undefined;
  #alarm: NodeJS.Timeout | undefined;
  #workedMs = 0;

  constructor() {
    this.#worker.on('message', (message: FromThread) => this.#hear(message));
    this.#worker.on('error', (error) => this.#lose(error as Error));
    this.#worker.on('exit', () => this.#lose(new Error('A rendering thread ended by itself.')));
    this.#ready.promise.catch(() => {});
  }

  render(job: Job, answering: Answering): Promise<Rendered> {
    return this.#do({ kind: 'render', job }, job.source.path, answering) as Promise<Rendered>;
  }

  parse(text: string, path: string): Promise<readonly Fault[]> {
    return this.#do({ kind: 'parse', text, path }, path, async () => null) as Promise<readonly Fault[]>;
  }

  end(): void {
    this.isOver = true;
    void this.#worker.terminate();
  }

  async #do(work: ToThread, path: string, answering: Answering): Promise<Outcome> {
    this.#worker.ref();
    try {
      await this.#ready.promise;
      const outcome = Promise.withResolvers<Outcome>();
      const task = { path, answering, outcome, workedMs: this.#workedMs };
      this.#task = task;
      this.#worker.postMessage(work);
      this.#alarm = setTimeout(() => this.#watch(task), LIMITS.endMs);
      return await outcome.promise;
    } finally {
      clearTimeout(this.#alarm);
      this.#task = undefined;
      this.#worker.unref();
    }
  }

  #hear(message: FromThread): void {
    if (message.kind === 'question') return void this.#answer(message.question);
    this.#workedMs = message.workMs;
    if (message.kind === 'ready') this.#ready.resolve();
    else if (message.kind === 'rendered') this.#task?.outcome.resolve(message.rendered);
    else if (message.kind === 'parsed') this.#task?.outcome.resolve(message.faults);
    else this.#task?.outcome.reject(this.#task.refusal?.error ?? new TemplateFault(message.fault));
  }

  async #answer(question: TemplateQuestion): Promise<void> {
    const task = this.#task;
    if (task === undefined) return;
    try {
      this.#tell(task, { kind: 'answer', value: await task.answering(question) });
    } catch (error) {
      task.refusal = { error };
      this.#tell(task, { kind: 'refusal' });
    }
  }

  /** What comes too late is for nobody: the thread may be at another visitor's page by now. */
  #tell(task: Task, message: ToThread): void {
    if (!this.isOver && this.#task === task) this.#worker.postMessage(message);
  }

  /** Ends the thread when a piece of work takes too much. Only its own work counts, which waiting is not. */
  async #watch(task: Task): Promise<void> {
    const began = performance.now();
    while (this.#task === task) {
      const worked = await this.#worked();
      if (this.#task !== task) return;
      if (worked === undefined || worked - task.workedMs > LIMITS.endMs) return this.#stop(task, TOO_LONG);
      if (performance.now() - began > LIMITS.wholeMs) return this.#stop(task, TOO_LONG_IN_ALL);
      await wait(LOOK_EVERY_MS);
    }
  }

  async #worked(): Promise<number | undefined> {
    const usage = this.#worker.cpuUsage().catch(() => undefined);
    const used = await Promise.race([usage, wait(SILENT_MS, undefined, { ref: false })]);
    return used === undefined ? undefined : (used.user + used.system) / 1000;
  }

  #stop(task: Task, message: string): void {
    this.end();
    task.outcome.reject(overLimit(task.path, message));
  }

  #lose(error: Error): void {
    this.isOver = true;
    this.#ready.reject(error);
    const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.#task?.outcome.reject(isMemory ? overLimit(this.#task.path, TOO_MUCH_MEMORY) : error);
  }
}

/** A thread that finds its modules compiled is there in a third of the time. Nothing else of the environment is passed on. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

const OVER = 'It takes more than a page may:';
const TOO_LONG = `${OVER} ${LIMITS.workMs} ms of work.`;
const TOO_LONG_IN_ALL = `${OVER} ${LIMITS.wholeMs / 1000} s in all.`;
const TOO_MUCH_MEMORY = `${OVER} ${LIMITS.heapMb} MB of memory.`;

function overLimit(path: string, message: string): TemplateFault {
  return new TemplateFault({ message, path, line: 0, column: 0, isLimit: true });
}
