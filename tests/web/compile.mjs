// SPDX-License-Identifier: MIT
// Links a program of tests/web/programs with the library, the way users do, and runs it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { build, environment, root } from '../tools/paths.mjs';

// The backend that a run of the tests is about: the versions of Node.js in tests/nodes run them for JSPI too.
export const backend = process.env.ASYNCIO_BACKEND ?? 'asyncify';
const BACKENDS = {
  asyncify: { libraries: join(build, 'wasm'), folder: join(build, 'web-programs'), ownFlags: ['-sASYNCIFY', '-sASSERTIONS=0'] },
  jspi: { libraries: join(build, 'wasm-jspi'), folder: join(build, 'web-programs-jspi'), ownFlags: [] },
};

const headers = join(root, 'include/asyncio');
const changed = (file) => statSync(file).mtimeMs;

// Every engine runs these programs: one links them, the others find them. emcc writes the JavaScript last.
function isCurrent(output, sources) {
  if (!existsSync(output)) return false;
  const all = [...sources, ...readdirSync(headers).map((header) => join(headers, header))];
  return all.every((source) => changed(source) < changed(output));
}

function link(name, output, library, flags) {
  assert.ok(existsSync(library), `${library} is missing: npm start builds it`);
  const sources = [join(root, 'tests/web/programs', `${name}.c`), library];
  const loader = join(dirname(library), 'asyncio.js');
  if (isCurrent(output, [...sources, loader])) return output;
  mkdirSync(dirname(output), { recursive: true });
  const include = ['-I', join(root, 'include'), '--js-library', loader];
  const args = [...sources, ...include, '-O2', '-sEXIT_RUNTIME=1', ...flags, '-o', output];
  const result = spawnSync('emcc', args, { encoding: 'utf8', env: { ...process.env, ...environment } });
  assert.ifError(result.error);
  assert.equal(result.status, 0, result.stderr);
  return output;
}

// The path of programs/NAME.c's JavaScript. [flags] come last, so that they win. Tests that run side by side have each
// their own [place].
export function compile(name, flags = [], place = '.', over = backend) {
  const { libraries, folder, ownFlags } = BACKENDS[over];
  const ending = flags.includes('-sEXPORT_ES6') ? 'mjs' : 'js';
  const output = join(folder, place, `${[name, ...flags].join('').replace(/[^\w=-]/g, '')}.${ending}`);
  return link(name, output, join(libraries, 'libasyncio.a'), [...ownFlags, ...flags]);
}

// The same without Asyncify.
export const withoutAsyncify = (name) => {
  const { libraries, folder } = BACKENDS[backend];
  return link(name, join(folder, `${name}-without.js`), join(libraries, 'libasyncio_stackless.a'), []);
};

// What it prints and how it ends; a minute is for ever, on a busy machine too.
export function run(program, args = []) {
  const options = { encoding: 'utf8', timeout: 60_000 };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  assert.equal(signal, null, `${program} ${args} did not end:\n${stdout}${stderr}`);
  return { status, output: stdout, errors: stderr };
}
