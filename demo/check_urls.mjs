// SPDX-License-Identifier: MIT
// Runs demo/check_urls.c against a server that answers in every way a server can, and checks that the program ended
// well and closed the hanging requests' connections when their time was over, not only by ending itself.
//
//   node demo/check_urls.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createListener } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const build = process.env.ASYNCIO_BUILD ?? fileURLToPath(new URL('../build', import.meta.url));
const program = path.join(build, 'demo/check_urls.js');

let child; // the program
let aborted = 0; // hanging requests that it closed long before its own end

const answers = {
  fast: (response) => response.end('a short answer\n'),
  large: (response) => response.end('x'.repeat(250_000)),
  slow: (response, ms) => setTimeout(() => response.end('better late than never\n'), ms),
  missing: (response) => response.writeHead(404).end('no such page\n'),
  broken: (response) => response.writeHead(500).end('something went wrong\n'),
  moved: (response) => response.writeHead(302, { location: '/fast' }).end(),
  cut: (response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('the beginning of');
    setTimeout(() => response.destroy(), 30);
  },
  reset: (response) => response.destroy(),
  hanging: (response) =>
    response.on('close', async () => {
      await sleep(50);
      if (child.exitCode === null) aborted++;
    }),
};

const server = createServer((request, response) => {
  const [, name, argument] = request.url.split('/');
  answers[name](response, Number(argument));
});

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

// A port that was free a moment ago and is again.
async function refusedAddress() {
  const listener = createListener();
  const address = await listen(listener);
  listener.close();
  await once(listener, 'close');
  return address;
}

// The last ones take a while and answer, so that the program goes on when every hanging one is over.
const pages = `fast hanging/1 slow/150 missing large broken hanging/2 moved hanging/3 reset slow/300 hanging/4 cut
  slow/200 slow/900 hanging/5 missing/too slow/350 slow/250 broken/too large/again slow/300/again fast/again`;
const address = await listen(server);
const urls = pages.split(/\s+/).map((page) => `${address}/${page}`);
urls.splice(5, 0, await refusedAddress());

child = spawn(process.execPath, [program, ...urls], { stdio: 'inherit' });
const [status] = await once(child, 'close');
const expected = urls.filter((url) => url.includes('/hanging/')).length;
console.log(`Exit status ${status}; ${aborted} of ${expected} hanging requests were aborted before.`);
server.close();
server.closeAllConnections();
process.exitCode = status === 0 && aborted === expected ? 0 : 1;
