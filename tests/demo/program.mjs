// SPDX-License-Identifier: MIT
// Runs the programs of demo/ as they were built: with Node from $ASYNCIO_BUILD/demo, natively from its native-demo.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const build = process.env.ASYNCIO_BUILD ?? path.join(repository, 'build');

// What a command prints, how it ends and how long it takes.
export async function execute(command, args = []) {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const result = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (result.output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (result.errors += text));
  [result.status] = await once(child, 'close');
  result.seconds = (performance.now() - start) / 1000;
  return result;
}

export const platforms = {
  wasm: (name) => execute(process.execPath, [path.join(build, 'demo', `${name}.js`)]),
  native: (name) => execute(path.join(build, 'native-demo', name)),
};
