import { TaskStatus, type Task } from '@lit/task';
import { css, html, nothing } from 'lit';
import { detailOf } from '../../api/request.ts';
import '../../parts/dot.ts';
import { clockTime } from '../../parts/time.ts';
import { addressOf } from '../../state/route.ts';

/** What a check in the rail came to. */
interface Verdict {
  readonly state: 'ok' | 'warn' | 'down';
  readonly text: string;
  readonly checked: string;
}

type Check<Result extends Verdict> = Task<readonly [], Result>;

/** What came of it, once it is over. */
export function resultOf<Result extends Verdict>({ status, value }: Check<Result>): Result | undefined {
  return status === TaskStatus.COMPLETE ? value : undefined;
}

export function headOf(title: string, check: Check<Verdict>) {
  const result = resultOf(check);
  return html`<div class="head">
    <h2>${title}</h2>
    ${result ? clockTime(result.checked) : nothing}
  </div>`;
}

/** In a sentence, and where to look at the servers unless all is well. */
export function verdictOf(check: Check<Verdict>, couldNot: string, proxy: string) {
  return html`<div class="small" role="status">${sentence(check, couldNot, proxy)}</div>`;
}

/** Runs it, unless it is running. */
export function buttonFor(label: string, check: Check<Verdict>) {
  const isRunning = check.status === TaskStatus.PENDING;
  const run = () => {
    if (!isRunning) void check.run([]);
  };
  return html`<button class="small" aria-disabled=${String(isRunning)} @click=${run}>${label}</button>`;
}

function sentence(check: Check<Verdict>, couldNot: string, proxy: string) {
  if (check.status === TaskStatus.ERROR) return html`<p class="danger">${couldNot}: ${detailOf(check.error)}</p>`;
  const result = resultOf(check);
  if (!result) return nothing;
  const link = html`<a href=${addressOf(proxy, 'servers')}>Servers of ${proxy}</a>`;
  return html`<p>
    <t-dot state=${result.state}></t-dot>
    <span>${result.text} ${result.state !== 'ok' && proxy ? link : nothing}</span>
  </p>`;
}

export const railCheckStyles = css`
  :host {
    font-variant-numeric: tabular-nums;
  }
  .head {
    display: flex;
    justify-content: space-between;
    margin-bottom: 8px;
    color: var(--t-quiet);
    font-size: var(--t-size-small);
    line-height: 16px;
  }
  h2 {
    font-size: inherit;
    line-height: inherit;
  }
  [role='status'] p {
    display: flex;
    gap: 8px;
  }
  t-dot {
    flex: none;
    height: 16px;
  }
  button {
    margin-top: 10px;
  }
`;
