// SPDX-License-Identifier: MIT
// Emscripten's compiler as this machine has it: found, old enough, and run with its words at hand.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { Mistake } from './mistake.mjs';

const OLDEST = [3, 1, 6];

// Debian's emcc looks for its JavaScript parser where only Debian's own Node.js would find it.
const DEBIAN_MODULES = '/usr/share/nodejs';
const environment = () =>
  existsSync(DEBIAN_MODULES) ? { ...process.env, NODE_PATH: [process.env.NODE_PATH, DEBIAN_MODULES].filter(Boolean).join(':') } : process.env;

const HINTS = [
  [/undefined symbol: asyncio_/, 'The library has no such function: is it spelled as in include/asyncio?'],
  [/undefined symbol: \w/, 'Nothing defines this function: give its source, or the library that it is in'],
];

// The words of the first hint that fits what emcc said, on a line of its own.
function hintFor(text) {
  const fitting = HINTS.find(([pattern]) => pattern.test(text));
  return fitting ? `\nwasyncio: ${fitting[1]}` : '';
}

const isOlder = (version) => {
  const at = version.findIndex((number, index) => number !== OLDEST[index]);
  return at >= 0 && version[at] < OLDEST[at];
};

/** The version of the emcc on the PATH: "3.1.6". A Mistake says what to do when there is none, or an old one. */
export function emccVersion() {
  const { error, stdout } = spawnSync('emcc', ['--version'], { encoding: 'utf8', env: environment() });
  if (error)
    throw new Mistake(
      `emcc was not found: install Emscripten ${OLDEST.join('.')} or later (Debian and Ubuntu: apt-get install emscripten; ` +
        'elsewhere emsdk, whose emsdk_env.sh puts it on the PATH)',
    );
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(stdout);
  if (!found) throw new Mistake(`emcc --version gave no version: ${stdout.trim() || 'nothing at all'}`);
  if (isOlder(found.slice(1).map(Number)))
    throw new Mistake(`emcc is ${found[0]}, which is too old: install Emscripten ${OLDEST.join('.')} or later`);
  return found[0];
}

/** Runs a tool of Emscripten's, and gives all that it wrote. A Mistake with its words, and ours, when it fails. */
export function run(command, args, onLine = () => {}) {
  return new Promise((resolve, reject) => {
    let text = '';
    const child = spawn(command, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const listen = (chunk) => {
      text += chunk;
      onLine(String(chunk).trimEnd().split('\n').at(-1));
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', (error) => reject(new Mistake(`${command} cannot be run: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(text);
      else reject(new Mistake(`${text.trimEnd()}${hintFor(text)}\n${command} failed (${signal ?? `status ${code}`})`));
    });
  });
}
