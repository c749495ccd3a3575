// SPDX-License-Identifier: MIT
// Runs in a page, whose driver presses keys meanwhile: 10,000 coroutines spin, of C over each backend that the engine
// has and of JavaScript, once with the page having its turns and once without. Without is the same code under a clock
// that stands still: no slice of time is ever spent.
import * as asyncio from '../../build/api/index.js';
import { factory } from '../web/api/factory.mjs';

const SPINNERS = 10_000;
const now = performance.now.bind(performance);
const latencies = []; // of keys, from the engine's event to its handler, in ms

addEventListener('keydown', (event) => latencies.push(now() - event.timeStamp));

function* spin(turns) {
  for (let i = 0; i < turns; i++) yield* asyncio.sleep(0);
}

const loadOver = async (backend) =>
  asyncio.load(await factory('spin', 'lively', ['-O3'], backend), { maximumStacks: SPINNERS + 10 });
const overAsyncify = await loadOver('asyncify');
const overJspi = WebAssembly.Suspending && (await loadOver('jspi'));

const KINDS = {
  'C over Asyncify': (turns) => overAsyncify.spin_all(SPINNERS, turns),
  ...(overJspi && { 'C over JSPI': (turns) => overJspi.spin_all(SPINNERS, turns) }),
  JavaScript: (turns) => asyncio.gather(...Array.from({ length: SPINNERS }, () => spin(turns))),
};

// Switches per ms.
async function rate(kind, turns) {
  const start = now();
  await KINDS[kind](turns);
  return (SPINNERS * turns) / (now() - start);
}

async function unsliced(kind, turns) {
  const still = now();
  performance.now = () => still;
  try {
    return await rate(kind, turns);
  } finally {
    delete performance.now;
  }
}

let running;

window.lively = {
  kinds: Object.keys(KINDS),
  latencies,
  // How often all take turns in [seconds].
  async turnsIn(kind, seconds) {
    await rate(kind, 20); // a warm-up
    return Math.ceil(((await rate(kind, 50)) * seconds * 1e3) / SPINNERS);
  },
  unsliced,
  begin(kind, turns) {
    window.lively.ended = false;
    running = rate(kind, turns).finally(() => (window.lively.ended = true));
  },
  end: () => running,
};
