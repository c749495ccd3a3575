// SPDX-License-Identifier: MIT
// The server of the pages that run tests. It has the project's files under their own paths, so that a test's imports
// mean in the page what they mean in Node.js, and beyond that:
//   /run?file=tests/NAME.test.mjs     a page that runs the file; stand_ins/ has what it takes for Node.js's modules
//   /program?path=build/NAME.js       a page that runs a program of emcc's
//   POST /link                        links a program of tests/web/programs, as tests/web/compile.mjs does
//   /address_space                    of the page's process and its like, as engines.mjs tells it
// Its pages are isolated, as those with SharedArrayBuffer must be.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

import { build, root } from '../tools/paths.mjs';
import { compile } from '../web/compile.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};
const HEAD = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

// What Node.js has and a page has not, and what stands in for it.
const STAND_INS = {
  'node:test': 'test.mjs',
  'node:assert/strict': 'assert.mjs',
  '/tests/tools/host.mjs': 'host.mjs',
  '/tests/web/api/factory.mjs': 'factory.mjs',
};
const imports = Object.fromEntries(
  Object.entries(STAND_INS).map(([name, file]) => [name, `/tests/browser/stand_ins/${file}`]),
);
const ICON = '<link rel="icon" href="data:," />'; // or the browser asks for one
const page = (body) => `<!doctype html><meta charset="utf-8" />${ICON}<title>tests</title>${body}`;

// The page asks for its own file: a module that cannot be loaded is an outcome too.
const runPage = () =>
  page(`<script type="importmap">${JSON.stringify({ imports })}</script>
<script>
  const file = new URLSearchParams(location.search).get('file');
  window.outcome = (async () => {
    const { run } = await import('node:test');
    try { await import('/' + file); } catch (error) { return [{ name: file, error: String(error.stack || error) }]; }
    return run();
  })();
</script>`);

// What a program of emcc's prints, and its status.
const programPage = () =>
  page(`<script>
  const lines = [];
  const add = (line) => lines.push(line);
  window.outcome = new Promise((resolve) => {
    const end = (status) => resolve({ status, output: lines.join('\\n') + '\\n' });
    addEventListener('error', (event) => { add(event.message); end(1); });
    addEventListener('unhandledrejection', (event) => { add(String(event.reason)); end(1); });
    window.Module = { print: add, printErr: add, onExit: end, onAbort: () => end(134) };
  });
  const script = document.createElement('script');
  script.src = '/' + new URLSearchParams(location.search).get('path');
  document.head.append(script);
</script>`);

/** A page with nothing in it, for webkit.mjs to put a narrow one into. */
export const FRAME = page('<style>body { margin: 0 } iframe { border: 0 }</style><body>');

const PAGES = { '/run': runPage, '/program': programPage };

async function readBody(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

async function link(request) {
  const { name, flags, place, over } = JSON.parse(await readBody(request));
  return JSON.stringify({ path: relative(build, compile(name, flags, place, over)) });
}

// A file of the project or of its build, which may lie elsewhere.
async function fileAt(path) {
  const parts = decodeURIComponent(path).split('/').slice(1);
  const [top, inside] = parts[0] === 'build' ? [build, parts.slice(1)] : [root, parts];
  const file = join(top, ...inside);
  const type = TYPES[extname(file)];
  if (!type || !file.startsWith(top + sep)) return undefined;
  return readFile(file).then(
    (body) => ({ body, type }),
    () => undefined,
  );
}

async function answer(request, page) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.method === 'POST' && pathname === '/link') return { body: await link(request), type: 'application/json' };
  if (pathname === '/address_space') return { body: JSON.stringify(page.addressSpace()), type: 'application/json' };
  if (Object.hasOwn(PAGES, pathname)) return { body: PAGES[pathname](), type: TYPES['.html'] };
  return fileAt(pathname);
}

async function handle(request, response, page) {
  try {
    const found = await answer(request, page);
    response.writeHead(found ? 200 : 404, { ...HEAD, 'Content-Type': found?.type ?? 'text/plain' });
    response.end(found?.body ?? 'Not found\n');
  } catch (error) {
    response.writeHead(500, HEAD).end(error.stack);
  }
}

/** Serves [page] on 127.0.0.1; gives the address, which ends with a slash, and what closes it. */
export async function serve(page) {
  const server = createServer((request, response) => handle(request, response, page)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}
