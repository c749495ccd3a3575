// SPDX-License-Identifier: MIT
// What is compared with the oracle: each surface is a driver over something that is built. `make` brings that up to
// date. `families`, after it, gives the kinds of programs that it gets, those of the same name being the same: how they
// are made, which operations are left out of them, and how their traces are looked at. `outcomes`: which columns of the
// coverage table an operation can reach there, where that is not every one. `nodes`: it needs tests/nodes.
import { join } from 'node:path';

import { JSPI, NATIVE, WASM, make, makePackage } from '../tools/build.mjs';
import { node, root, tree } from '../tools/paths.mjs';
import { generate } from './generate.mjs';
import { openNative } from './native.mjs';
import { generateApart, generateQuiet, generateThings, outcomes, outcomesOfQuiet } from './quiet.mjs';
import { unknownOf, without } from './subset.mjs';

const everything = { name: 'everything', generate, unknown: [] };

// Programs of everything, without what a driver does not know.
const subset = (unknown) => ({
  name: `everything but ${unknown}`,
  generate: (...which) => without(generate(...which), unknown),
  unknown,
});

const quiet = { name: 'quiet', generate: generateQuiet, view: outcomes };
const things = { name: 'things', generate: generateThings, view: outcomes };
const apart = (tasks) => ({
  name: `apart ${tasks}`,
  generate: (seed, index) => generateApart(seed, index, tasks),
});

const NO_FETCH = join(root, 'tests/tools/no_fetch.cjs');

// A driver in C, with coroutines of this kind. Over JSPI it is run by the oldest Node.js that has that.
function native(kind, name, config) {
  const target = `asyncio_conformance_${kind}`;
  const program = join(tree(config.name), 'tests', target);
  const engine = config.nodes ? node(config.nodes[0]) : process.execPath;
  const command = config.emscripten ? [engine, ['-r', NO_FETCH, `${program}.js`]] : [program, []];
  return {
    name: `${kind} ${name}`,
    nodes: config.nodes,
    make: (onLine) => make(config, [target], onLine),
    open: () => openNative(...command),
    families: async () => [everything],
  };
}

const generators = {
  name: 'js generators',
  make: makePackage,
  open: async () => (await import('./generators.mjs')).openGenerators(),
  families: async () => [subset(unknownOf((await import('./generators.mjs')).KNOWN)), apart(true)],
};

const asyncFunctions = {
  name: 'js async functions',
  make: makePackage,
  open: async () => (await import('./async_functions.mjs')).openAsyncFunctions(),
  families: async () => [quiet, apart(false), things],
  outcomes: outcomesOfQuiet,
};

const GROUPS = {
  stackful: [
    native('stackful', 'ucontext', NATIVE[0]),
    native('stackful', 'later', NATIVE[3]),
    native('stackful', 'asyncify', WASM[2]),
    native('stackful', 'jspi', JSPI[1]),
  ],
  stackless: [native('stackless', 'native', NATIVE[0]), native('stackless', 'wasm', WASM[2])],
  js: [generators, asyncFunctions],
};
const ALL = Object.values(GROUPS).flat();
const lastWord = ({ name }) => name.split(' ').at(-1);

// The surfaces of a name on the command line: a group's, or the last word of one of them.
export function surfacesOf(name) {
  const found = name === 'all' ? ALL : (GROUPS[name] ?? ALL.filter((one) => lastWord(one) === name));
  if (found.length > 0) return found;
  const names = [...Object.keys(GROUPS), ...ALL.map(lastWord)].join(', ');
  throw new Error(`Expected --surface to be all, ${names}; got ${name}`);
}
