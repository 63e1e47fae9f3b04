import { availableParallelism } from 'node:os';
import { Unavailable } from '../base/errors.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import { Turns, type Release } from '../base/turns.ts';
import type { Fault, Job, Rendered } from './protocol.ts';
import { Renderer, TemplateFault, type Answering } from './renderer.ts';

const FEWEST = 2;
const MOST = 4;
const MOST_WAITING = 100;
const LONGEST_WAIT_MS = 5000;
const IDLE_MS = 60_000;
const TROUBLE_REMEMBERED = 1000;

/**
 * The rendering threads of this process. The first template that needs one starts one, and a minute without work ends it:
 * a site without templates pays nothing. Templates that took more than they may are rendered one at a time from then on, so
 * that the threads are never all busy with them.
 */
export class Renderers {
  readonly #most = Math.min(MOST, Math.max(FEWEST, availableParallelism()));
  readonly #idle: { readonly renderer: Renderer; readonly end: NodeJS.Timeout }[] = [];
  readonly #waiting: ((renderer: Renderer) => void)[] = [];
  readonly #troublesome = new BoundedMap<number, true>(TROUBLE_REMEMBERED);
  readonly #turns = new Turns(LONGEST_WAIT_MS, MOST_WAITING);
  #count = 0;

  async render(job: Job, answering: Answering): Promise<Rendered> {
    const { number } = job.source;
    const release = this.#troublesome.get(number) ? await this.#turn() : undefined;
    try {
      return await this.#with((renderer) => renderer.render(job, answering));
    } catch (error) {
      if (error instanceof TemplateFault && error.fault.isLimit) this.#troublesome.set(number, true);
      throw error;
    } finally {
      release?.();
    }
  }

  /** What is wrong with a template's syntax. */
  parse(text: string, path: string): Promise<readonly Fault[]> {
    return this.#with((renderer) => renderer.parse(text, path));
  }

  async #turn(): Promise<Release> {
    const release = await this.#turns.take('troublesome');
    if (release === undefined) throw busy();
    return release;
  }

  async #with<Result>(work: (renderer: Renderer) => Promise<Result>): Promise<Result> {
    const renderer = await this.#take();
    try {
      return await work(renderer);
    } finally {
      this.#giveBack(renderer);
    }
  }

  async #take(): Promise<Renderer> {
    const idle = this.#idle.pop();
    clearTimeout(idle?.end);
    if (idle !== undefined) return idle.renderer;
    if (this.#count < this.#most) return this.#start();
    if (this.#waiting.length >= MOST_WAITING) throw busy();
    return this.#wait();
  }

  #wait(): Promise<Renderer> {
    const { promise, resolve, reject } = Promise.withResolvers<Renderer>();
    const giveUp = setTimeout(() => {
      this.#waiting.splice(this.#waiting.indexOf(start), 1);
      reject(busy());
    }, LONGEST_WAIT_MS);
    const start = (renderer: Renderer) => {
      clearTimeout(giveUp);
      resolve(renderer);
    };
    this.#waiting.push(start);
    return promise;
  }

  #start(): Renderer {
    this.#count += 1;
    return new Renderer();
  }

  #giveBack(renderer: Renderer): void {
    if (renderer.isOver) this.#count -= 1;
    const next = this.#waiting.shift();
    if (next !== undefined) next(renderer.isOver ? this.#start() : renderer);
    else if (!renderer.isOver) this.#rest(renderer);
  }

  #rest(renderer: Renderer): void {
    const end = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((each) => each.renderer === renderer),
        1,
      );
      this.#count -= 1;
      renderer.end();
    }, IDLE_MS).unref();
    this.#idle.push({ renderer, end });
  }
}

function busy(): Unavailable {
  return new Unavailable('Too many pages are being rendered at the moment. Try again.', { audience: 'anybody' });
}
