import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:8080';

export default defineConfig({
  root: 'client',
  publicDir: false,
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
      input: { index: 'client/index.html', trellis: 'client/product.ts' },
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
      '/healthz': server,
    },
  },
});
