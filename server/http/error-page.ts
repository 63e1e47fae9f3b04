import { MARK, PAGE_STYLES } from '../base/page-look.ts';
import { escapeHtml } from '../publisher/request.ts';

/** What a page about a failure says. */
interface ErrorPage {
  readonly status: number;
  readonly heading: string;
  readonly sentence: string;
  /** Smaller, below the sentence: when to try again, by which number the log names it. */
  readonly notes?: readonly string[];
  readonly links?: readonly { readonly href: string; readonly label: string }[];
  /** For whoever may view management screens. */
  readonly detail?: string | undefined;
}

/** The page that stands where no other can: it needs nothing but itself, and runs nothing. */
export function errorPage({ status, heading, sentence, notes = [], links = [], detail }: ErrorPage): string {
  const written = links.map(({ href, label }) => `<a href="${escapeHtml(href)}">${escapeHtml(label)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(heading)}</title>
<style>${STYLES}</style>
</head>
<body>
<header>${MARK}</header>
<main>
<p class="status">${status}</p>
<h1>${escapeHtml(heading)}</h1>
<p>${escapeHtml(sentence)}</p>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>\n`).join('')}${
    written.length > 0 ? `<nav aria-label="Ways on">${written.join(' ')}</nav>\n` : ''
  }${detail === undefined ? '' : detailOf(detail)}</main>
</body>
</html>
`;
}

function detailOf(detail: string): string {
  return `<section aria-labelledby="why"><h2 id="why">Shown to you because you may view management screens</h2><p>${escapeHtml(detail)}</p></section>\n`;
}

/** What only a page about a failure has. */
const STYLES = `${PAGE_STYLES}
.status { margin-bottom: 6px; color: light-dark(#566057, #a0aba2); font-size: 13px; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: 0.04em; }
.note { margin-top: 8px; color: light-dark(#566057, #a0aba2); font-size: 13px; }
section { margin-top: 36px; padding-top: 12px; border-top: 1px solid light-dark(#e5e8e2, #252b27); font-size: 13px; }
h2 { margin-bottom: 4px; color: light-dark(#566057, #a0aba2); font-size: 12px; font-weight: 500; }
`;
