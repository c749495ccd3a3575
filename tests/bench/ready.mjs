// SPDX-License-Identifier: MIT
// How long the package takes until it is ready, in a process of its own: from just before the import to the answer of
// the first call, which needs the core compiled, instantiated and initialised; and to the end of a first run. As a
// program it prints both, in milliseconds; as a module it starts that many times.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const self = fileURLToPath(import.meta.url);

async function measure(file) {
  const start = performance.now();
  const asyncio = await import(pathToFileURL(file));
  const now = asyncio.get_event_loop().time();
  const ready = performance.now() - start;
  function* main() {
    yield* asyncio.sleep(0);
    return now;
  }
  if ((await asyncio.run(main())) !== now || !(now > 0)) throw new Error(`The loop's clock read ${now}`);
  return { ready, ran: performance.now() - start };
}

// What [count] fresh processes measured, in milliseconds.
export function readiness(build, count) {
  const file = join(build, 'api/index.js');
  const once = () => JSON.parse(execFileSync(process.execPath, [self, file], { encoding: 'utf8' }));
  const rounds = Array.from({ length: count }, once);
  return { ready: rounds.map(({ ready }) => ready), ran: rounds.map(({ ran }) => ran) };
}

if (process.argv[1] === self) console.log(JSON.stringify(await measure(process.argv[2])));
