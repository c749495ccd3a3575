// SPDX-License-Identifier: MIT
// The demo page from end to end in headless Chromium, at a desktop's width and at a phone's. What it looks like is left
// in build/screenshots.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import puppeteer from 'puppeteer-core';

import { serve } from '../../demo/serve.mjs';

const build = process.env.ASYNCIO_BUILD ?? join(import.meta.dirname, '../../build');
const screenshots = join(build, 'screenshots');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844, isMobile: true } };
const LIMIT = { timeout: 20_000, polling: 50 };

let server;
let browser;

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  server = await serve();
  browser = await puppeteer.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
});

after(async () => {
  await browser?.close();
  server?.close();
});

// A page at [size], ready, that collects what goes wrong. The checker's failures are the browser's errors too: those
// are wanted.
async function open(size, { scheme = 'light', motion = 'no-preference' } = {}) {
  const page = await browser.newPage();
  const errors = [];
  page.on('console', (message) => {
    const wanted = message.location().url?.includes('/answers/');
    if (['error', 'warn'].includes(message.type()) && !wanted) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.setViewport(SIZES[size]);
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: motion },
  ]);
  await page.goto(server.url);
  await page.waitForSelector('body[data-ready]');
  return { page, errors };
}

const click = (page, selector) => page.$eval(selector, (element) => element.click());
const choose = (page, name, value) => click(page, `input[name=${name}][value=${value}]`);

// Waits until the newest row called [name] is in [state].
const shows = (page, name, state) =>
  page.waitForFunction(
    (name, state) =>
      [...document.querySelectorAll('#lives .row')].find((row) => row.dataset.name.startsWith(name))?.dataset.state ===
      state,
    LIMIT,
    name,
    state,
  );

const statesOf = (page, name) =>
  page.$$eval(
    '#lives .row',
    (rows, name) => rows.filter((row) => row.dataset.name.startsWith(name)).map((row) => row.dataset.state),
    name,
  );

const allOver = (page) => page.waitForFunction(() => document.querySelector('#cancel-all').disabled, LIMIT);

async function finish({ page, errors }) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} px stick out`);
  assert.deepEqual(errors, []);
  await page.close();
}

const shoot = (page, name) => page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });

const SCENES = {
  async start(page) {
    await shows(page, 'task', 'finished');
  },
  async fail(page) {
    await shows(page, 'unlucky', 'failed');
  },
  async gather(page) {
    await shows(page, 'gather', 'finished');
    for (const child of ['a', 'b', 'c']) assert.deepEqual(await statesOf(page, child), ['finished']);
  },
  async limit(page) {
    await shows(page, 'limit', 'timed_out');
    assert.deepEqual(await statesOf(page, 'too slow'), ['cancelled']);
  },
  async shield(page) {
    await shows(page, 'request', 'cancelled');
    await shows(page, 'shielded', 'finished');
  },
};

for (const kind of ['generator', 'async', 'c']) {
  test(`every scene ends as it should, as ${kind}`, async () => {
    const opened = await open('desktop');
    const { page } = opened;
    await choose(page, 'kind', kind);
    for (const scene of Object.keys(SCENES)) await click(page, `[data-scene=${scene}]`);
    await Promise.all(Object.values(SCENES).map((check) => check(page)));
    await allOver(page);
    await finish(opened);
  });

  test(`tasks are cancelled one by one and all together, as ${kind}`, async () => {
    const opened = await open('desktop');
    const { page } = opened;
    await choose(page, 'kind', kind);
    await click(page, '[data-scene=gather]');
    await click(page, '[data-scene=start]');
    await page.waitForSelector('.row[data-name^=task] .step:nth-of-type(4)');
    await page.focus('.row[data-name^=task] .stop');
    await page.keyboard.press('Enter');
    await shows(page, 'task', 'cleaning');
    await shows(page, 'task', 'cancelled');
    await click(page, '#cancel-newest');
    await shows(page, 'gather', 'cancelled');
    assert.deepEqual(await statesOf(page, 'b'), ['cancelled']);
    for (const scene of ['start', 'shield']) await click(page, `[data-scene=${scene}]`);
    await shows(page, 'shielded', 'waiting');
    await click(page, '#cancel-all');
    await shows(page, 'task', 'cancelled');
    await shows(page, 'request', 'cancelled');
    await click(page, '#cancel-all');
    await shows(page, 'shielded', 'cancelled');
    await finish(opened);
  });
}

const outcomes = (page) => page.$$eval('tbody .outcome', (cells) => cells.map((cell) => cell.textContent));

for (const language of ['js', 'c']) {
  test(`the URL checker runs in ${language}`, async () => {
    const opened = await open('phone');
    const { page } = opened;
    await choose(page, 'language', language);
    await click(page, '#check');
    await page.waitForFunction(() => /are fine/.test(document.querySelector('#check-summary').textContent), LIMIT);
    const fine = '200 OK';
    const expected = [fine, fine, '404 Not Found', fine, 'timed out', '500 Internal Server Error', fine];
    assert.deepEqual(await outcomes(page), [...expected, 'no connection', 'timed out', 'timed out']);
    await page.select('#check-limit', '4');
    await click(page, '#check');
    await page.waitForFunction(() => document.querySelector('progress').value >= 7, LIMIT);
    await click(page, '#check-stop');
    await page.waitForFunction(() => /are fine/.test(document.querySelector('#check-summary').textContent), LIMIT);
    assert.deepEqual((await outcomes(page)).slice(-2), ['cancelled', 'cancelled']);
    await finish(opened);
  });
}

// A picture with every state in it.
async function picture(size, options, name) {
  const opened = await open(size, options);
  const { page } = opened;
  await shoot(page, `${name}-empty`);
  await click(page, '#check');
  for (const [kind, scene] of [
    ['c', 'limit'],
    ['async', 'fail'],
    ['generator', 'shield'],
  ]) {
    await choose(page, 'kind', kind);
    await click(page, `[data-scene=${scene}]`);
  }
  await shows(page, 'shielded', 'finished');
  await choose(page, 'kind', 'async');
  await click(page, '[data-scene=start]');
  await choose(page, 'kind', 'c');
  await click(page, '[data-scene=gather]');
  await page.waitForSelector('.row[data-name=c] .step:nth-of-type(5)', LIMIT); // its second
  await click(page, '#cancel-newest');
  await shows(page, 'b', 'cleaning');
  await page.focus('#cancel-all');
  await shoot(page, name);
  await allOver(page);
  await finish(opened);
}

describe('pictures', () => {
  test('desktop, light', () => picture('desktop', {}, 'desktop-light'));
  test('desktop, dark', () => picture('desktop', { scheme: 'dark' }, 'desktop-dark'));
  test('phone, light', () => picture('phone', {}, 'phone-light'));
  test('phone, dark, calm', () => picture('phone', { scheme: 'dark', motion: 'reduce' }, 'phone-dark'));
});

// An address as it is, which fetch would tidy up first.
function statusOf(path, method = 'GET') {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method }, (response) => {
      response.resume();
      resolve([response.statusCode, response.headers['content-type']]);
    });
    asked.on('error', reject).end();
  });
}

describe('the server', () => {
  const found = {
    '/': 'text/html; charset=utf-8',
    '/page.css': 'text/css; charset=utf-8',
    '/page.mjs': 'text/javascript; charset=utf-8',
    '/package/index.js': 'text/javascript; charset=utf-8',
    '/programs/page_tasks.wasm': 'application/wasm',
  };
  for (const [path, type] of Object.entries(found))
    test(`has ${path}`, async () => assert.deepEqual(await statusOf(path), [200, type]));

  const hidden = ['/../package.json', '/%2e%2e/tests/run.mjs', '/..%2ftests%2frun.mjs', '/..%2fREADME.md'];
  hidden.push('/package/../../../tests/run.mjs', '/package/..%2f..%2ftests%2frun.mjs', '//etc/passwd');
  hidden.push('/programs', '/nothing.html', '/a%00.mjs');
  for (const path of hidden) test(`hides ${path}`, async () => assert.equal((await statusOf(path))[0], 404));

  test('refuses what is no address and what is no reading', async () => {
    assert.equal((await statusOf('/%'))[0], 400);
    assert.equal((await statusOf('/', 'POST'))[0], 405);
  });
});
