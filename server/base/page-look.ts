/** The mark of the interface (client/shell/logo.ts), for pages that can load nothing. */
export const MARK = `<svg class="mark" viewBox="0 0 24 24" fill="none" aria-hidden="true"><path class="lines" d="M4 1.5v21M12 1.5v21M20 1.5v21"/><path class="grows" d="M4 22.5v-4.5c0-2 1.2-3 3-3h2c1.8 0 3-1 3-3V9.5c0-2 1.2-3 3-3h4"/><circle class="tip" cx="20" cy="6.5" r="3"/></svg>`;

/**
 * The colours, lines and sizes of the interface (client/styles/tokens.css) for pages of the server's own: a header with the
 * mark, then one sentence after the other, and the next step as a button.
 */
export const PAGE_STYLES = `
:root { color-scheme: light dark; }
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; background: light-dark(#ffffff, #121513); color: light-dark(#19201b, #e3e8e3); font: 15px/1.6 Inter, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; overflow-wrap: anywhere; }
header { display: flex; align-items: center; gap: 10px; height: 48px; padding-inline: 24px; border-bottom: 1px solid light-dark(#e5e8e2, #252b27); background: light-dark(#f7f8f6, #0d100e); font-weight: 600; letter-spacing: -0.01em; }
.mark { width: 18px; height: 18px; }
.lines { stroke: light-dark(#868f85, #6f7a71); stroke-width: 1.75; opacity: 0.8; }
.grows { stroke: light-dark(#1a6b41, #63c890); stroke-width: 2.75; stroke-linecap: round; }
.tip { fill: light-dark(#1a6b41, #63c890); }
main { max-width: 668px; padding: 14vh 24px 48px; margin-inline: auto; }
h1 { margin-bottom: 10px; font-size: 24px; font-weight: 600; line-height: 1.3; letter-spacing: -0.014em; }
nav { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 24px; }
nav a { padding: 5px 14px; border: 1px solid light-dark(#d0d5cc, #363e38); border-radius: 6px; color: light-dark(#19201b, #e3e8e3); font-weight: 500; text-decoration: none; }
nav a:hover { background: light-dark(#f2f4f0, #1b201d); }
nav a:first-child { border-color: transparent; background: light-dark(#1a6b41, #63c890); color: light-dark(#ffffff, #06140c); }
nav a:first-child:hover { background: light-dark(#145634, #7ad6a2); }
a:focus-visible { outline: 2px solid light-dark(#1a6b41, #63c890); outline-offset: 1px; }
code { font: 0.9em ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', 'Liberation Mono', monospace; }
`;
