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

/** The colours and sizes of the interface (client/styles/tokens.css), of which a page by itself cannot load anything. */
const STYLES = `
:root { color-scheme: light dark; }
* { margin: 0; }
body { display: grid; min-height: 100vh; place-items: center; box-sizing: border-box; padding: 32px 24px 18vh; background: light-dark(#ffffff, #121513); color: light-dark(#19201b, #e3e8e3); font: 15px/1.6 Inter, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; overflow-wrap: anywhere; }
main { width: 100%; max-width: 500px; }
.status { color: light-dark(#566057, #a0aba2); font-size: 13px; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: 0.04em; }
h1 { margin: 6px 0 10px; font-size: 24px; font-weight: 600; line-height: 1.3; letter-spacing: -0.014em; }
.note { margin-top: 8px; color: light-dark(#566057, #a0aba2); font-size: 13px; }
nav { display: flex; flex-wrap: wrap; gap: 8px 20px; margin-top: 22px; }
a { padding-block: 6px; border-radius: 4px; color: light-dark(#1a6b41, #63c890); font-weight: 500; text-underline-offset: 3px; }
section { margin-top: 36px; padding: 12px 16px 14px; border: 1px solid light-dark(#e5e8e2, #252b27); border-radius: 8px; background: light-dark(#f7f8f6, #0d100e); font-size: 13px; }
h2 { margin-bottom: 4px; color: light-dark(#566057, #a0aba2); font-size: 12px; font-weight: 500; }
`;
