import type { Response } from '../publisher/request.ts';

/**
 * In this the interface shows a page that is not saved yet. It is empty: what is put into its inner frame as `srcdoc` has the
 * policy that it came with, and not the interface's, which would leave such a page without its own styles.
 */
export const PAGE_FRAME: Response = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="color-scheme" content="light dark">
    <title>Preview</title>
    <base href="/">
    <style>
      html, body { height: 100%; margin: 0; overflow: hidden; }
      iframe { display: block; width: 100%; height: 100%; border: 0; }
    </style>
  </head>
  <body><iframe sandbox="allow-same-origin" title="The page"></iframe></body>
</html>
`,
  kind: 'frame',
};
