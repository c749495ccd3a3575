// SPDX-License-Identifier: MIT
// The demo page's server: the files of demo/, the built package and the C program, and a few answers for the URL
// checker to run into. It listens on 127.0.0.1 only.
//
//   node demo/serve.mjs          on $PORT, or on a free port
import { once } from 'node:events';
import { readFile, realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const demo = fileURLToPath(new URL('.', import.meta.url));
const build = process.env.ASYNCIO_BUILD ?? join(demo, '../build');

// The first part of a path, and the folder that it stands for; all others are of demo/ itself.
const FOLDERS = { package: join(build, 'api'), programs: join(build, 'demo') };

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

const HEAD = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

function send(response, status, body, type = 'text/plain; charset=utf-8') {
  response.writeHead(status, { ...HEAD, 'Content-Type': type }).end(body);
}

// ---- /answers/NAME: everything that a URL can do to the one who asks. A number after it is in milliseconds.

const ANSWERS = {
  fast: (response) => send(response, 200, 'a short answer\n'),
  large: (response) => send(response, 200, 'x'.repeat(250_000)),
  slow: (response, delay) => {
    const timer = setTimeout(() => send(response, 200, 'better late than never\n'), delay);
    response.on('close', () => clearTimeout(timer));
  },
  missing: (response) => send(response, 404, 'no such page\n'),
  broken: (response) => send(response, 500, 'something went wrong\n'),
  reset: (response) => response.destroy(),
  hanging: () => {}, // until the client has enough
};

function answer(response, name, argument) {
  if (!Object.hasOwn(ANSWERS, name)) return send(response, 404, 'There is no such answer\n');
  return ANSWERS[name](response, Math.min(Number(argument) || 0, 10_000));
}

// ---- Files.

// The file that [parts] name, or undefined when it is outside its folder, also by a symbolic link, or is not there.
async function locate(parts) {
  const known = Object.hasOwn(FOLDERS, parts[0]);
  const folder = known ? FOLDERS[parts[0]] : demo;
  const inside = known ? parts.slice(1) : parts;
  try {
    const top = await realpath(folder);
    const file = await realpath(join(top, ...inside));
    return file.startsWith(top + sep) ? file : undefined;
  } catch {
    return undefined; // no such file, or a name that no file can have
  }
}

async function sendFile(response, parts) {
  const file = await locate(parts[0] ? parts : ['index.html']);
  const type = file && TYPES[extname(file)];
  if (!type) return send(response, 404, 'Not found\n');
  return send(response, 200, await readFile(file), type);
}

// The parts of a URL's path, decoded; undefined when they cannot be.
function partsOf(url) {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname).slice(1).split('/');
  } catch {
    return undefined;
  }
}

async function handle(request, response) {
  const parts = partsOf(request.url);
  if (!parts) return send(response, 400, 'That is no address\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'Only GET and HEAD\n');
  if (parts[0] === 'answers') return answer(response, parts[1], parts[2]);
  return sendFile(response, parts);
}

/** Serves the page on 127.0.0.1; gives its address and what closes it. */
export async function serve(port = 0) {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => send(response, 500, 'The server failed\n'));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve(Number(process.env.PORT ?? 0));
  console.log(`The demo page is at ${url} (Ctrl-C ends it)`);
}
