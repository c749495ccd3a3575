// SPDX-License-Identifier: MIT
// WebKitGTK's MiniBrowser, driven by WebDriver over HTTP, on a display of its own (Xvfb). Its window is never narrower
// than its toolbar: narrower pages are shown in a frame. Every request has a time limit: one that hung would hang
// everything. Neither WEBKIT_DISABLE_COMPOSITING_MODE nor WEBKIT_DISABLE_DMABUF_RENDERER may be set: screenshots hang
// under them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { answer, expression } from './asking.mjs';

export const MINI_BROWSER = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`)
  .find(existsSync);

const LIMIT = 330_000; // ms, as in engines.mjs
const NARROWEST = 450; // pixels
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; // WebDriver's name of a reference
const KEYS = { Enter: '\ue007' };

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

const exited = (child) => child.exitCode ?? child.signalCode;

async function stop(child) {
  if (exited(child) !== null) return;
  const end = once(child, 'exit');
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await end;
  clearTimeout(timer);
}

// A screen of its own, on the first number that is free.
async function startScreen() {
  const options = { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] };
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], options);
  const ended = once(screen, 'exit').then(([status]) => {
    throw new Error(`Xvfb ended with status ${status}`);
  });
  const [number] = await Promise.race([once(screen.stdio[3], 'data'), ended]);
  ended.catch(() => {});
  return { screen, display: `:${String(number).trim()}` };
}

function startDriver(display, port) {
  const env = { ...process.env, DISPLAY: display, JSC_useSharedArrayBuffer: '1' }; // it has none otherwise
  return spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore', env });
}

async function request(base, method, path, body, limit = LIMIT) {
  const signal = AbortSignal.timeout(limit);
  const response = await fetch(`${base}${path}`, { method, body: body && JSON.stringify(body), signal });
  const { value } = await response.json();
  if (value?.error) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

async function startSession(base) {
  for (let attempt = 0; ; attempt++) {
    try {
      await request(base, 'GET', '/status', undefined, 1000);
      break;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(50);
    }
  }
  const wanted = { 'webkitgtk:browserOptions': { binary: MINI_BROWSER, args: ['--automation'] } };
  return request(base, 'POST', '/session', { capabilities: { alwaysMatch: wanted } });
}

// The page of a session; see engines.mjs.
function pageOf(base, { sessionId, capabilities }) {
  const call = (method, path, body) => request(base, method, `/session/${sessionId}${path}`, body);
  let frame; // the width of the frame that the page is shown in
  const run = (script) =>
    call('POST', '/execute/async', {
      script: `const done = arguments[arguments.length - 1];
        (${script}).then((value) => done({ value }), (error) => done({ error: String(error && error.stack || error) }));`,
      args: [],
    });
  const find = async (selector) => (await call('POST', '/element', { using: 'css selector', value: selector }))[ELEMENT];
  const evaluate = async (fn, ...args) => {
    const { value, error } = await run(expression(fn, args));
    if (error) throw new Error(error);
    return answer(value);
  };
  const showInFrame = async (url) => {
    await call('POST', '/url', { url: new URL('/framed', url).href });
    await evaluate(async (url, { width, height }) => {
      const element = Object.assign(document.createElement('iframe'), { src: url, width, height });
      document.body.append(element);
      await new Promise((resolve) => (element.onload = resolve));
    }, url, frame);
    await call('POST', '/frame', { id: { [ELEMENT]: await find('iframe') } });
  };
  return {
    version: capabilities.browserVersion,
    errors: [],
    addressSpace: () => ({}),
    evaluate,
    async goto(url) {
      await call('POST', '/frame', { id: null });
      await (frame ? showInFrame(url) : call('POST', '/url', { url }));
    },
    click: async (selector) => call('POST', `/element/${await find(selector)}/click`, {}),
    async press(key) {
      const value = KEYS[key] ?? key;
      const actions = [{ type: 'keyDown', value }, { type: 'keyUp', value }];
      await call('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    async resize({ width, height }) {
      await call('POST', '/window/rect', { width: Math.max(width, NARROWEST), height });
      frame = width < NARROWEST ? { width, height: height - 100 } : undefined;
    },
    emulate: async () => false,
    screenshot: async (path) => writeFile(path, Buffer.from(await call('GET', '/screenshot'), 'base64')),
    close: () => request(base, 'DELETE', `/session/${sessionId}`, undefined, 5000).catch(() => {}),
    setLimit: () => call('POST', '/timeouts', { script: LIMIT }),
  };
}

export async function openWebKit() {
  const { screen, display } = await startScreen();
  const port = await freePort();
  const driver = startDriver(display, port);
  const end = async () => {
    await stop(driver);
    await stop(screen);
  };
  try {
    const base = `http://127.0.0.1:${port}`;
    const page = pageOf(base, await startSession(base));
    await page.setLimit();
    return { ...page, close: () => page.close().finally(end) };
  } catch (error) {
    await end();
    throw error;
  }
}
