// SPDX-License-Identifier: MIT
// The installed package through Vite: the README's program, built as a page, runs in headless Chromium; and how large a
// page becomes by it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import puppeteer from 'puppeteer-core';
import { build, preview } from 'vite';

import { LARGEST_BUNDLE, install, pack } from './installed.mjs';
import { block } from './readme.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const ICON = '<link rel="icon" href="data:," />'; // or the browser asks for one
const PAGE = `<!doctype html><title>a page</title>${ICON}<script type="module" src="/page.js"></script>`;
const LAST = "\nconsole.log('the end');\n";

let options;
let server;
let browser;

before(async () => {
  const root = install(pack('vite'));
  writeFileSync(join(root, 'index.html'), PAGE);
  writeFileSync(join(root, 'page.js'), block('js', "from 'wasyncio'") + LAST);
  writeFileSync(join(root, 'small.js'), "import { run } from 'wasyncio';\nconsole.log(run);\n");
  options = { root, configFile: false, logLevel: 'error' };
  await build({ ...options, build: { target: 'es2022' } });
  server = await preview({ ...options, preview: { host: '127.0.0.1', port: 0 } });
  browser = await puppeteer.launch({ executablePath: '/usr/bin/chromium', args: FLAGS, timeout: 120_000 });
});

after(async () => {
  await browser?.close();
  await server?.close();
});

test('a page built by Vite prints what the README says', { timeout: 300_000 }, async () => {
  const page = await browser.newPage();
  const lines = [];
  const ended = new Promise((resolve, reject) => {
    const add = (line) => (line === 'the end' ? resolve() : lines.push(line));
    page.on('console', (message) => add(message.text()));
    page.on('pageerror', reject);
  });
  const { port } = server.httpServer.address();
  await page.goto(`http://127.0.0.1:${port}/`);
  await ended;
  assert.equal(`${lines.join('\n')}\n`, block('text', 'TimeoutError: true'));
});

test('a page that imports run stays small', async () => {
  const input = join(options.root, 'small.js');
  const { output } = await build({ ...options, build: { target: 'es2022', write: false, rolldownOptions: { input } } });
  const size = gzipSync(output.map(({ code }) => code).join(''), { level: 9 }).length;
  assert.equal(output.length, 1);
  assert.ok(size <= LARGEST_BUNDLE, `${size} bytes gzipped, at most ${LARGEST_BUNDLE}`);
});
