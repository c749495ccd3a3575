// SPDX-License-Identifier: MIT
// Stands before a server: its pages then write down what goes wrong in them (window.complaints), which not every engine
// tells its driver. Everything else passes through, cut connections too.
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';

import { FRAME } from './serve.mjs';

// A failed answer is what the demo's checker is there for.
const NOTES = `<script>
  window.complaints = [];
  for (const kind of ['error', 'warn']) {
    const original = console[kind];
    console[kind] = (...args) => { complaints.push(args.join(' ')); original.apply(console, args); };
  }
  addEventListener('error', (event) => complaints.push(event.message || event.target.outerHTML), true);
  addEventListener('unhandledrejection', (event) => complaints.push(String(event.reason)));
</script>`;

async function withNotes(answer) {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return text.replace('<head>', `<head>${NOTES}`);
}

function pass(request, response, behind) {
  const { hostname, port } = new URL(behind);
  const asked = ask({ hostname, port, path: request.url, method: request.method }, async (answer) => {
    const { 'content-length': length, ...headers } = answer.headers;
    const isPage = headers['content-type']?.startsWith('text/html');
    response.writeHead(answer.statusCode, isPage ? headers : answer.headers);
    if (isPage) response.end(await withNotes(answer));
    else answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  response.on('close', () => asked.destroy());
  asked.end();
}

/** Serves what the server at [behind] has. */
export async function watch(behind) {
  const server = createServer((request, response) => {
    if (request.url === '/framed') response.writeHead(200, { 'Content-Type': 'text/html' }).end(FRAME);
    else pass(request, response, behind);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}
