// SPDX-License-Identifier: MIT
// Coroutines over JSPI against their peers, in the versions of Node.js that have it: a process each, which prints the
// rounds as JSON. Two floors stand beside them: what the engine takes for an import that suspends and a promising
// export with nothing of ours, its promise settled already; and with a promise for each wait that a list of resolvers
// settles in turn, which is the least that somebody does who decides who goes on. As a module it starts the processes.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { node } from '../tools/paths.mjs';
import { alternate, awaitNull, loadCoroutines, loadOne } from './rounds.mjs';

const self = fileURLToPath(import.meta.url);
const REPETITIONS = 9;
const TASKS = 1000;
const SWITCHES = 1000;

// (import "h" "w" (func)) and (export "s" (func (param i32))), which calls it that many times.
const WAITS = Buffer.from(
  '0061736d0100000001080260000060017f0002070101680177000003020101070501017300010a120110000340100020' +
    '0041016b22000d000b0b',
  'hex',
);

// A round of TASKS calls that suspend SWITCHES times each: [wait] answers the promises, and [next] follows the start
// and each end.
function floor(wait, next = () => {}) {
  const { s } = new WebAssembly.Instance(new WebAssembly.Module(WAITS), {
    h: { w: new WebAssembly.Suspending(wait) },
  }).exports;
  const call = WebAssembly.promising(s);
  return async () => {
    const calls = Array.from({ length: TASKS }, () => call(SWITCHES).then(next));
    next();
    await Promise.all(calls);
    return { sum: 0 };
  };
}

const settled = Promise.resolve();

// Whoever waits has the next one go on, and so has whoever returns.
function floorInTurn() {
  let [waiting, batch, at, resolve] = [[], [], 0];
  const executor = (given) => (resolve = given);
  const next = () => {
    if (at === batch.length) [batch, waiting, at] = [waiting, [], 0];
    if (at < batch.length) batch[at++]();
  };
  let first = TASKS; // of the round, which begin before anybody goes on
  const wait = () => {
    const promise = new Promise(executor);
    waiting.push(resolve);
    if (first > 0) first--;
    else next();
    return promise;
  };
  const round = floor(wait, next);
  return () => {
    first = TASKS;
    return round();
  };
}

// The time that this thread has had: nobody here ever waits for anything else, and others may be busy.
const timed = (round) => async () => {
  const start = process.threadCpuUsage();
  const { sum } = await round();
  const { user, system } = process.threadCpuUsage(start);
  return { milliseconds: (user + system) / 1e3, sum };
};

async function measure(build) {
  const spun = { units: TASKS * SWITCHES, sum: (TASKS * SWITCHES * (SWITCHES - 1)) / 2 };
  const unsummed = { units: TASKS * SWITCHES, sum: 0 };
  const [ours, theirs] = [join(build, 'jspi/bench'), join(build, 'bench')];
  const jspi = await loadCoroutines(ours);
  const asyncify = await loadCoroutines(theirs);
  const plain = await loadOne(ours, 'compute_plain', '_measure_compute');
  const switches = await alternate(REPETITIONS, {
    ours: { round: timed(() => jspi.measure('switches')), ...spun },
    asyncify: { round: timed(() => asyncify.measure('switches')), ...spun },
    floor: { round: timed(floor(() => settled)), ...unsummed },
    turns: { round: timed(floorInTurn()), ...unsummed },
    awaits: { round: timed(awaitNull), ...spun },
  });
  const { sum } = await plain();
  const computed = { units: 1e6, sum }; // in milliseconds
  const compute = await alternate(3 * REPETITIONS, {
    plain: { round: timed(plain), ...computed },
    ours: { round: timed(() => jspi.measure('compute')), ...computed },
    outside: { round: timed(jspi.outside), ...computed },
    asyncify: { round: timed(() => asyncify.measure('compute')), ...computed },
  });
  return { version: process.version, switches, compute };
}

// What each version measured, in order; the reason instead where it cannot.
export function engineStacks(build) {
  return ['node24', 'node26'].map((name) => {
    if (!existsSync(node(name))) return { name, skipped: `tests/nodes has no ${name}: npm ci --no-bin-links there installs it` };
    const { status, stdout, stderr } = spawnSync(node(name), [self, build], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name} ended with status ${status}:\n${stdout}${stderr}`);
    return { name, ...JSON.parse(stdout) };
  });
}

if (process.argv[1] === self) {
  console.log(JSON.stringify(await measure(process.argv[2])));
  process.exit(); // its programs wait for commands
}
