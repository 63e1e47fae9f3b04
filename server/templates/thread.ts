import { parentPort } from 'node:worker_threads';
import { workMs } from './allowance.ts';
import { Engine } from './engine.ts';
import { faultOf } from './fault.ts';
import type { Fault, FromThread, Job, TemplateQuestion, ToThread } from './protocol.ts';

// What a rendering thread runs: one piece of work at a time, and no way out but messages.

const port = parentPort;
if (port === null) throw new Error('This file is run as a thread.');

const engine = new Engine();
let asked: PromiseWithResolvers<unknown> | undefined;

port.on('message', (message: ToThread) => {
  if (message.kind === 'answer') asked?.resolve(message.value);
  else if (message.kind === 'refusal') asked?.reject(new Error('What the template asked for cannot be had.'));
  else if (message.kind === 'parse')
    tell({ kind: 'parsed', faults: parse(message.text, message.path), workMs: workMs() });
  else void render(message.job);
});

tell({ kind: 'ready', workMs: workMs() });

async function render(job: Job): Promise<void> {
  try {
    tell({ kind: 'rendered', rendered: await engine.renderJob(job, ask), workMs: workMs() });
  } catch (error) {
    tell({ kind: 'failed', fault: faultOf(error, job.source.path), workMs: workMs() });
  }
}

function parse(text: string, path: string): readonly Fault[] {
  try {
    engine.parse(text, path);
    return [];
  } catch (error) {
    return [faultOf(error, path)];
  }
}

function ask(question: TemplateQuestion): Promise<unknown> {
  asked = Promise.withResolvers<unknown>();
  tell({ kind: 'question', question });
  return asked.promise;
}

function tell(message: FromThread): void {
  port?.postMessage(message);
}
