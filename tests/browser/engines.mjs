// SPDX-License-Identifier: MIT
// Opens one of the three browser engines, headless. Whichever it is, there is one page with one interface:
//   goto(url)                    resolves when it is loaded
//   evaluate(function, ...args)  calls it in the page; arguments and result (awaited) cross as JSON
//   click(selector)              as a person does, after scrolling there; also press(key) for what has the focus
//   resize({width, height})      of what the page has for itself
//   emulate({scheme, motion})    what it is told of the person's wishes; false where the engine cannot be told
//   screenshot(path)
//   errors                       what the browser itself has complained about
//   addressSpace()               in bytes, of each process beneath the browser's, by number; of none where nobody tells
// Invariant: close() leaves no process and no profile behind.
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import puppeteer from 'puppeteer-core';

import { answer, expression } from './asking.mjs';
import { openWebKit } from './webkit.mjs';

const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--js-flags=--expose-gc'].concat(
  ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--enable-precise-memory-info'],
);
// The first is its way to collect garbage. To a driver a page is one that is being debugged, where each promise would
// keep the stack that made it: 2.4 us of each switch over JSPI, which without a debugger takes 1.3.
const FIREFOX_PREFERENCES = { 'dom.testing.testutils.enabled': true, 'javascript.options.asyncstack': false };
const LIMIT = 330_000; // ms, for whatever the browser is asked: more than a page of tests has (in_page.mjs)

// The failures that the demo's checker runs into are the browser's errors too: those are wanted.
const isWanted = (message) => message.location().url?.includes('/answers/');

function watch(page) {
  const errors = [];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type()) && !isWanted(message)) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}

async function emulate(page, { scheme, motion }) {
  try {
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: motion },
    ]);
    return true;
  } catch {
    return false;
  }
}

// What /proc says of a process; nothing if it is gone.
function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

const field = (text, name) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1]);

// Firefox starts its pages' processes from one between.
function addressSpace(root) {
  if (process.platform !== 'linux') return {};
  const processes = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const status = statusOf(pid);
    processes.set(Number(pid), { parent: field(status, 'PPid'), size: 1024 * field(status, 'VmSize') });
  }
  const isBeneath = (pid) => processes.has(pid) && (processes.get(pid).parent === root || isBeneath(processes.get(pid).parent));
  const beneath = [...processes].filter(([pid, { size }]) => size && isBeneath(pid));
  return Object.fromEntries(beneath.map(([pid, { size }]) => [pid, size]));
}

async function openPuppeteer(options) {
  const profile = await mkdtemp(join(tmpdir(), 'asyncio-browser-'));
  const forget = () => rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  const common = { headless: true, userDataDir: profile, protocolTimeout: LIMIT, timeout: LIMIT };
  const browser = await puppeteer.launch({ ...common, ...options }).catch(async (error) => {
    await forget();
    throw error;
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT);
  return {
    version: (await browser.version()).replace(/^\D*\//, ''),
    errors: watch(page),
    goto: (url) => page.goto(url),
    evaluate: async (call, ...args) => answer(await page.evaluate(expression(call, args))),
    click: (selector) => page.click(selector),
    press: (key) => page.keyboard.press(key),
    resize: (size) => page.setViewport(size),
    emulate: (wishes) => emulate(page, wishes),
    screenshot: (path) => page.screenshot({ path, fullPage: true }),
    addressSpace: () => addressSpace(browser.process().pid),
    close: () => browser.close().finally(forget),
  };
}

export const BROWSERS = {
  chromium: {
    title: 'Chromium',
    open: () => openPuppeteer({ browser: 'chrome', executablePath: '/usr/bin/chromium', args: CHROMIUM_FLAGS }),
  },
  firefox: {
    title: 'Firefox ESR',
    open: () =>
      openPuppeteer({
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        extraPrefsFirefox: FIREFOX_PREFERENCES,
      }),
  },
  webkit: { title: 'WebKitGTK', open: openWebKit },
};
