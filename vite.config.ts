import { statSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** Browsers' requests are passed on as they came: the server takes changes from the origin that it is asked by. */
const server = { target: process.env['TRELLIS_DEV_SERVER'] ?? 'http://127.0.0.1:8080', changeOrigin: false };

const source = (name: string) => new URL(`client/${name}`, import.meta.url).pathname;

/** What products import is the source itself while it is worked on, so that there is one of each part. */
const sourceForProducts: Plugin = {
  name: 'source-for-products',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, _response, next) => {
      if (request.url === '/assets/trellis.js') request.url = '/product.ts';
      next();
    });
  },
};

/** Of an endpoint the interface needs where it is; the JSON Schemas of what it takes and answers stay with the server. */
const addressesOnly: Plugin = {
  name: 'addresses-only',
  async load(id) {
    const [file = ''] = id.split('?');
    if (!file.includes('/schema/endpoints/')) return undefined;
    // Whatever else is in such a file is data, too.
    const exported = Object.entries(
      (await import(`${file}?${statSync(file).mtimeMs}`)) as Readonly<Record<string, unknown>>,
    );
    return exported.map(([name, value]) => `export const ${name} = ${JSON.stringify(addressOf(value))};`).join('\n');
  },
};

function addressOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('http' in value && 'view' in value)) return value;
  return { http: value.http, view: value.view };
}

export default defineConfig({
  root: 'client',
  publicDir: false,
  plugins: [sourceForProducts, addressesOnly],
  build: {
    outDir: process.env['TRELLIS_BUILD_OUT'] ?? '../dist/client',
    emptyOutDir: true,
    target: 'es2024',
    assetsDir: 'assets',
    // The content security policy allows nothing inline: no data: addresses, no inline script that preloads modules.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      input: { index: source('index.html'), trellis: source('product.ts') },
      // Products import what trellis.js exports, by its name.
      preserveEntrySignatures: 'allow-extension',
      output: {
        entryFileNames: ({ name }) => (name === 'trellis' ? 'assets/trellis.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: {
    // The client's own folder api/ holds .ts files; everything else under /api is the server's.
    proxy: {
      '^/api(?!/[a-z-]+\\.ts)': server,
      '^/assets/(products/|page-frame$)': server,
      '/healthz': server,
      '/readyz': server,
    },
  },
});
