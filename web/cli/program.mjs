// SPDX-License-Identifier: MIT
// `wasyncio build` makes one ECMAScript module of C sources: a program for engines with JSPI and one over Asyncify for
// all others, and in front of them a module that takes the right one. All of emcc's options go to emcc as they are.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { gzipSync } from 'node:zlib';

import { checkLists, splitLists } from './asyncify_lists.mjs';
import { BACKENDS, libraryFor } from './backends.mjs';
import { emccVersion, run } from './emcc.mjs';
import { Mistake } from './mistake.mjs';
import { declare } from './types.mjs';

export const HELP = `Usage: wasyncio build SOURCE... -o PROGRAM.mjs [emcc's options]

Makes an ECMAScript module of C sources that runs in every engine: over JSPI where the
engine has it, over Asyncify elsewhere. It exports the function that asyncio.load()
takes, and comes with its TypeScript declarations when the program has an ASYNCIO_EXPORT.

  -o PROGRAM.mjs        where to write; the .wasm files go beside it
      --backend NAME    jspi or asyncify alone; both when left out
  -h, --help            this
  anything else         goes to emcc: sources, -O2 (-O3 when left out), -Iinclude, -sNAME=VALUE...

The library is built once, into WASYNCIO_CACHE or the package's own folder.
`;

const ALWAYS = ['-sMODULARIZE', '-sEXPORT_ES6', '-sENVIRONMENT=web,worker'];

// ---- Arguments

function valueOf(args, at, option) {
  if (at >= args.length) throw new Mistake(`${option} needs a value`);
  return args[at];
}

// Ours are taken out; emcc has too many to know them.
function readArguments(args) {
  const read = { output: undefined, backends: Object.keys(BACKENDS), help: false, rest: [] };
  for (let i = 0; i < args.length; i++) {
    const backend = /^--backend=(.*)/.exec(args[i])?.[1];
    if (args[i] === '-h' || args[i] === '--help') read.help = true;
    else if (args[i] === '-o') read.output = valueOf(args, ++i, '-o');
    else if (args[i] === '--backend') read.backends = [valueOf(args, ++i, '--backend')];
    else if (backend !== undefined) read.backends = [backend];
    else read.rest.push(args[i]);
  }
  return read;
}

function check({ output, backends, rest }) {
  if (!rest.some((arg) => /\.(c|cc|cpp|cxx|o|a|bc)$/i.test(arg))) throw new Mistake(`Expected a source in C\n\n${HELP.trimEnd()}`);
  if (!output) throw new Mistake('Expected -o PROGRAM.mjs: where to write');
  if (!/\.m?js$/.test(output)) throw new Mistake(`Expected -o to name a .mjs or .js, got ${output}`);
  const unknown = backends.find((name) => !Object.hasOwn(BACKENDS, name));
  if (unknown !== undefined) throw new Mistake(`Expected --backend to be ${Object.keys(BACKENDS).join(' or ')}, got ${unknown}`);
}

// ---- Steps, each with a line when it ends

async function step(title, work) {
  const start = performance.now();
  const heartbeat = setInterval(() => console.error(`  ${title}: ${Math.round((performance.now() - start) / 1e3)} s`), 10_000);
  try {
    const result = await work();
    console.error(`${title}: ${((performance.now() - start) / 1e3).toFixed(1)} s`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

const optimised = (args) => (args.some((arg) => /^-O/.test(arg)) ? args : ['-O3', ...args]);

async function link(backend, output, { rest, version }) {
  const title = BACKENDS[backend].title;
  const library = await step(`The library for ${title}`, () => libraryFor(backend, version));
  const args = backend === 'asyncify' ? rest : splitLists(rest).others;
  const command = [...ALWAYS, ...optimised(args), ...library, '-o'];
  const said = await step(`${basename(output)}`, () => run('emcc', [...command, output]));
  if (said.trim()) console.error(said.trimEnd());
}

async function warnOfLists({ rest, version, output }) {
  const { others, lists } = splitLists(rest);
  if (!lists.length) return;
  const library = await libraryFor('asyncify', version);
  const linked = (extra) => run('emcc', [...ALWAYS, ...optimised(others), ...library, ...extra, '-o', output]);
  const warning = await step('What the lists for Asyncify leave out', () => checkLists(lists, linked));
  if (warning) console.error(`warning: ${warning}`);
}

// ---- The module in front

const inFront = (names) =>
  readFileSync(new URL('front.mjs.in', import.meta.url), 'utf8')
    .replace('@ASYNCIO_JSPI@', names.jspi)
    .replace('@ASYNCIO_ASYNCIFY@', names.asyncify);

function nameOf(output, backend, backends) {
  const ending = extname(output);
  return backends.length === 1 ? output : `${output.slice(0, -ending.length)}.${backend}${ending}`;
}

// A program without exports has none, and runs its main.
async function writeTypes(output, program) {
  try {
    writeFileSync(output.replace(/js$/, 'ts').replace(/\.(m?ts)$/, '.d.$1'), await declare(program));
  } catch (error) {
    if (!/ASYNCIO_EXPORT/.test(error.message)) throw error;
  }
}

function printSizes(files) {
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`.padStart(10);
  for (const file of files) {
    const gzipped = gzipSync(readFileSync(file), { level: 9 }).length;
    console.log(`  ${basename(file).padEnd(32)}${kilobytes(statSync(file).size)}${kilobytes(gzipped)} gzipped`);
  }
}

export async function build(args) {
  const read = readArguments(args);
  if (read.help) return process.stdout.write(HELP);
  check(read);
  const { output, backends } = read;
  const task = { ...read, version: emccVersion() };
  if (backends.includes('asyncify')) await warnOfLists(task);
  const outputs = Object.fromEntries(backends.map((backend) => [backend, nameOf(output, backend, backends)]));
  for (const backend of backends) await link(backend, outputs[backend], task);
  const names = Object.fromEntries(Object.entries(outputs).map(([backend, file]) => [backend, basename(file)]));
  if (backends.length > 1) writeFileSync(output, inFront(names));
  if (outputs.asyncify) await writeTypes(output, outputs.asyncify);
  const linked = Object.values(outputs).flatMap((file) => [file, file.replace(/m?js$/, 'wasm')]);
  printSizes(backends.length > 1 ? [output, ...linked] : linked);
}
