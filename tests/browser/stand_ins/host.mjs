// SPDX-License-Identifier: MIT
// Stands in for tests/tools/host.mjs in a page.
const channel = new MessageChannel();
const armed = new Map();
let last = 0;

channel.port1.onmessage = ({ data }) => {
  const call = armed.get(data);
  armed.delete(data);
  call?.();
};

export function soon(callback, ...args) {
  armed.set(++last, () => callback(...args));
  channel.port2.postMessage(last);
  return last;
}

export const forget = (number) => armed.delete(number);

export const turn = () => new Promise((resolve) => soon(resolve));

// Each engine's own way, if it was started with one (engines.mjs).
const gc = globalThis.gc ?? globalThis.TestUtils?.gc;

// Chromium, whose way is gc(), runs finalizers when it has nothing better to do.
const idle = () => (globalThis.gc ? new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 })) : turn());

export async function collect() {
  for (let i = 0; i < 2; i++) {
    await gc();
    await idle();
  }
}

export const heapSize = () => performance.memory.usedJSHeapSize;

const LACKS = {
  process: 'a page has no process',
  collect: gc ? false : 'no page can make this engine collect garbage',
  heap: performance.memory && gc ? false : 'no page can ask this engine for the size of its heap',
};

export const without = (need) => LACKS[need];
