// SPDX-License-Identifier: MIT
// What is compared with the oracle: each surface is a driver over something that is built. `make` brings that up to
// date; `unknown`, after it, gives the names of the operations that the driver does not know yet.
import { join } from 'node:path';

import { NATIVE, WASM, make, makePackage } from '../tools/build.mjs';
import { root, tree } from '../tools/paths.mjs';
import { openNative } from './native.mjs';
import { unknownOf } from './subset.mjs';

const TARGET = 'asyncio_conformance';
const NO_FETCH = join(root, 'tests/tools/no_fetch.cjs');

function stackful(name, config) {
  const program = join(tree(config.name), 'tests', TARGET);
  const command = config.emscripten ? [process.execPath, ['-r', NO_FETCH, `${program}.js`]] : [program, []];
  return {
    name: `stackful ${name}`,
    make: (onLine) => make(config, [TARGET], onLine),
    open: () => openNative(...command),
    unknown: async () => [],
  };
}

const generators = {
  name: 'js generators',
  make: makePackage,
  open: async () => (await import('./generators.mjs')).openGenerators(),
  unknown: async () => unknownOf((await import('./generators.mjs')).KNOWN),
};

const asyncFunctions = {
  name: 'js async functions',
  make: makePackage,
  open: async () => (await import('./async_functions.mjs')).openAsyncFunctions(),
  unknown: async () => [],
  quiet: true, // compared by what comes out of quiet programs
};

const UCONTEXT = stackful('ucontext', NATIVE[0]);

const GROUPS = {
  stackful: [UCONTEXT, stackful('later', NATIVE[3]), stackful('asyncify', WASM[2])],
  js: [generators, asyncFunctions],
};

// The surfaces of a name on the command line.
export function surfacesOf(name) {
  if (name === 'all') return Object.values(GROUPS).flat();
  if (name === 'ucontext') return [UCONTEXT];
  if (name === 'stackless') throw new Error('The stackless surface is not built yet: there is no driver for it');
  if (!GROUPS[name]) throw new Error(`Expected --surface to be stackful, stackless, js, ucontext or all, got ${name}`);
  return GROUPS[name];
}
