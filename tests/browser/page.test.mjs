// SPDX-License-Identifier: MIT
// A C program in a real page, in a headless browser ($ASYNCIO_BROWSER, Chromium unless set): main waits, its tasks
// spin, and the page's own timers go on. And pages with ten thousand stacks, left one after another.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';

import { attempts } from '../tools/attempts.mjs';
import { BROWSERS } from './engines.mjs';
import { serve as serveProject } from './serve.mjs';

const build = process.env.ASYNCIO_BUILD ?? join(import.meta.dirname, '../../build');
const engine = process.env.ASYNCIO_BROWSER ?? 'chromium';

// What the page asks for; its script is that of [program].
const filesOf = (program) => ({
  '/': { path: join(import.meta.dirname, 'page.html'), type: 'text/html' },
  '/page.js': { path: join(build, `browser/${program}.js`), type: 'text/javascript' },
  [`/${program}.wasm`]: { path: join(build, `browser/${program}.wasm`), type: 'application/wasm' },
});

async function readBody(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

// Serves the page, and resolves [result] with what it sends back.
async function serve(program) {
  const files = filesOf(program);
  let received;
  const result = new Promise((resolve) => (received = resolve));
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') received(JSON.parse(await readBody(request)));
    const file = files[request.url];
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.type ?? 'text/plain' });
    response.end(file && (await readFile(file.path)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { result, url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function watch(program) {
  const server = await serve(program);
  const page = await BROWSERS[engine].open();
  try {
    await page.goto(server.url);
    const { lines, errors, status, ticks, milliseconds } = await server.result;
    assert.deepEqual(errors, []);
    assert.deepEqual(lines, ['a frame was drawn', '1000 turns or more: yes', 'after asyncio_run: OK']);
    assert.equal(status, 7);
    assert.ok(milliseconds >= 1000, `main waited ${milliseconds} ms`);
    assert.ok(ticks > milliseconds / 40, `the 10 ms interval ticked ${ticks} times in ${milliseconds} ms`);
  } finally {
    server.close();
    await page.close();
  }
}

for (const [program, words] of [
  ['page', 'main waits'],
  ['page_stackless', 'a program without Asyncify runs'],
]) {
  test(`a page goes on ticking while ${words}`, { timeout: 300_000 }, (t) => attempts(t, () => watch(program)));
}

// Engines keep a left page's stacks until they collect garbage: twice as many as here are more than a process can have.
const overJspi = { skip: engine === 'webkit' && 'it has no JSPI', timeout: 60_000 };
test('a page may be left while its coroutines are parked over JSPI, and opened again', overJspi, async () => {
  const page = await BROWSERS[engine].open();
  const server = await serveProject(page);
  try {
    for (let visit = 0; visit < 3; visit++) {
      await page.goto(`${server.url}run?file=tests/browser/lively.mjs`);
      assert.deepEqual(await page.evaluate(() => window.outcome), []);
      const kind = 'C over JSPI';
      await page.evaluate((kind) => window.lively.begin(kind, 1), kind);
      await page.evaluate(() => window.lively.end());
      await page.evaluate((kind) => window.lively.begin(kind, 1e6), kind);
    }
    assert.equal(await page.evaluate(() => window.lively.ended), false);
  } finally {
    server.close();
    await page.close();
  }
});
