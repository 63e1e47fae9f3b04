import { html, type TemplateResult } from 'lit';
import { formatExact, formatMoment, formatTime } from './format.ts';

/** A time (ISO 8601) to the second, with the exact time as its tooltip. */
export function clockTime(time: string): TemplateResult {
  return drawn(time, formatTime);
}

/** A time (ISO 8601) to the minute, with the exact time as its tooltip. */
export function momentTime(time: string): TemplateResult {
  return drawn(time, formatMoment);
}

function drawn(time: string, format: (time: Date, now: Date) => string): TemplateResult {
  const date = new Date(time);
  return html`<time datetime=${time} title=${formatExact(date)}>${format(date, new Date())}</time>`;
}
