// SPDX-License-Identifier: MIT
// The demo page from end to end in a headless browser ($ASYNCIO_BROWSER, Chromium unless set), at a desktop's width and
// at a phone's. What it looks like is left in build/screenshots.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { serve } from '../../demo/serve.mjs';
import { waitFor } from './asking.mjs';
import { BROWSERS } from './engines.mjs';
import { watch } from './watched.mjs';

const build = process.env.ASYNCIO_BUILD ?? join(import.meta.dirname, '../../build');
const engine = process.env.ASYNCIO_BROWSER ?? 'chromium';
const screenshots = join(build, 'screenshots', engine);
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let server;
let watched;
let page;

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  server = await serve();
  watched = await watch(server.url);
  page = await BROWSERS[engine].open();
});

after(async () => {
  await page?.close();
  watched?.close();
  server?.close();
});

// Opens the page at [size], and waits until it is ready.
async function open(size, { scheme = 'light', motion = 'no-preference' } = {}) {
  page.errors.length = 0;
  await page.resize(SIZES[size]);
  await page.emulate({ scheme, motion });
  await page.goto(watched.url);
  await until(() => document.body.dataset.ready);
  assert.equal(await page.evaluate(() => innerWidth), SIZES[size].width);
}

// From now on time in the page passes [slower] times as slowly: what lasts 0.4 s there can then be seen and clicked,
// also by a driver whose machine is busy.
const slowDown = (slower = 5) =>
  page.evaluate((slower) => {
    const real = (window.real ??= { now: performance.now.bind(performance), setTimeout: setTimeout.bind(window) });
    const [then, since] = [performance.now(), real.now()];
    performance.now = () => then + (real.now() - since) / slower;
    window.setTimeout = (call, delay = 0, ...rest) => real.setTimeout(call, delay * slower, ...rest);
  }, slower);

const until = (condition, ...args) => waitFor(page, condition, args);
const click = (selector) => page.click(selector);
const focus = (selector) => page.evaluate((selector) => document.querySelector(selector).focus(), selector);
const isThere = (selector) => until((selector) => document.querySelector(selector), selector);
// What a person clicks is the words beside the hidden button.
const choose = (name, value) => click(`label:has(> input[name=${name}][value=${value}])`);

// Waits until the newest row called [name] is in [state].
const shows = (name, state) =>
  until(
    (name, state) =>
      [...document.querySelectorAll('#lives .row')].find((row) => row.dataset.name.startsWith(name))?.dataset.state ===
      state,
    name,
    state,
  );

const statesOf = (name) =>
  page.evaluate(
    (name) =>
      [...document.querySelectorAll('#lives .row')]
        .filter((row) => row.dataset.name.startsWith(name))
        .map((row) => row.dataset.state),
    name,
  );

const allOver = () => until(() => document.querySelector('#cancel-all').disabled);

async function finish() {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} px stick out`);
  assert.deepEqual([...page.errors, ...(await page.evaluate(() => window.complaints))], []);
}

const shoot = (name) => page.screenshot(join(screenshots, `${name}.png`));

const SCENES = {
  async start() {
    await shows('task', 'finished');
  },
  async fail() {
    await shows('unlucky', 'failed');
  },
  async gather() {
    await shows('gather', 'finished');
    for (const child of ['a', 'b', 'c']) assert.deepEqual(await statesOf(child), ['finished']);
  },
  async limit() {
    await shows('limit', 'timed_out');
    assert.deepEqual(await statesOf('too slow'), ['cancelled']);
  },
  async shield() {
    await shows('request', 'cancelled');
    await shows('shielded', 'finished');
  },
};

for (const kind of ['generator', 'async', 'c']) {
  test(`every scene ends as it should, as ${kind}`, async () => {
    await open('desktop');
    await choose('kind', kind);
    for (const scene of Object.keys(SCENES)) await click(`[data-scene=${scene}]`);
    await Promise.all(Object.values(SCENES).map((check) => check()));
    await allOver();
    await finish();
  });

  test(`tasks are cancelled one by one and all together, as ${kind}`, async () => {
    await open('desktop');
    await choose('kind', kind);
    await slowDown();
    await click('[data-scene=gather]');
    await click('[data-scene=start]');
    await isThere('.row[data-name^=task] .step:nth-of-type(4)');
    await focus('.row[data-name^=task] .stop');
    await page.press('Enter');
    await shows('task', 'cleaning');
    await shows('task', 'cancelled');
    await click('#cancel-newest');
    await shows('gather', 'cancelled');
    assert.deepEqual(await statesOf('b'), ['cancelled']);
    for (const scene of ['start', 'shield']) await click(`[data-scene=${scene}]`);
    await shows('shielded', 'waiting');
    await click('#cancel-all');
    await shows('task', 'cancelled');
    await shows('request', 'cancelled');
    await click('#cancel-all');
    await shows('shielded', 'cancelled');
    await finish();
  });
}

const outcomes = () =>
  page.evaluate(() => [...document.querySelectorAll('tbody .outcome')].map((cell) => cell.textContent));

const summarised = () => until(() => /are fine/.test(document.querySelector('#check-summary').textContent));

const HANGING = [4, 9]; // what is never answered
const limit = (seconds) =>
  page.evaluate((seconds) => {
    const chosen = document.querySelector('#check-limit');
    chosen.add(new Option(`${seconds} s`, seconds));
    chosen.value = seconds;
  }, seconds);

for (const language of ['js', 'c']) {
  test(`the URL checker runs in ${language}`, async () => {
    await open('phone');
    await choose('language', language);
    await limit('2.5'); // half a second from either answer that is slow
    await click('#check');
    await summarised();
    const fine = '200 OK';
    const expected = [fine, fine, '404 Not Found', fine, 'timed out', '500 Internal Server Error', fine];
    assert.deepEqual(await outcomes(), [...expected, 'no connection', 'timed out', 'timed out']);
    await limit('600');
    await click('#check');
    await until(() => document.querySelector('progress').value >= 7);
    await click('#check-stop');
    await summarised();
    assert.deepEqual((await outcomes()).filter((_, index) => HANGING.includes(index)), ['cancelled', 'cancelled']);
    await finish();
  });
}

// A picture with every state in it.
async function picture(size, options, name) {
  await open(size, options);
  await shoot(`${name}-empty`);
  await click('#check');
  for (const [kind, scene] of [
    ['c', 'limit'],
    ['async', 'fail'],
    ['generator', 'shield'],
  ]) {
    await choose('kind', kind);
    await click(`[data-scene=${scene}]`);
  }
  await shows('shielded', 'finished');
  await slowDown();
  await choose('kind', 'async');
  await click('[data-scene=start]');
  await choose('kind', 'c');
  await click('[data-scene=gather]');
  await isThere('.row[data-name=c] .step:nth-of-type(5)'); // its second
  await click('#cancel-newest');
  await shows('b', 'cleaning');
  await focus('#cancel-all');
  await shoot(name);
  await slowDown(1);
  await allOver();
  await finish();
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
