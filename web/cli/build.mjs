// SPDX-License-Identifier: MIT
// Builds the JavaScript package into build/api: one module and its types. In build/core is what goes into it: the core in
// WebAssembly, without Asyncify and without glue, and embedded.js, with its bytes and with the part of
// web/lib/bridge.js that every loader shares.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build as esbuild } from 'esbuild';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const api = join(root, 'web/api');
const core = join(root, 'build/core');
const output = join(root, 'build/api');
const debianModules = '/usr/share/nodejs'; // where Debian's emcc has its parser

const FEATURES = ['--enable-bulk-memory', '--enable-sign-ext', '--enable-mutable-globals'];

const filesOf = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(root, folder, name));

// src/port/print.c takes the place of stdio and of check.c, memory.c that of malloc; there is no main to be a
// coroutine, and C exports nothing.
function sources() {
  const port = ['stack', 'coro_none', 'print', 'memory', 'host_web'].map((name) => join(root, `src/port/${name}.c`));
  const others = ['src/base', 'src/core', 'src/async', 'src/web'].flatMap(filesOf);
  return [...others.filter((name) => !/(base\/check|web\/main|web\/main_none|web\/export)\.c$/.test(name)), ...port];
}

function must(command, args) {
  const env = { ...process.env, ...(existsSync(debianModules) && { NODE_PATH: debianModules }) };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${command} ended with status ${status}\n${stdout.slice(-4000)}${stderr.slice(-4000)}`);
}

// Everything undefined is the package's to supply, so emcc need not know it.
function compileCore(raw) {
  const warnings = ['-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-Werror'];
  const compiling = ['-Oz', '-std=gnu11', ...warnings, '-DASYNCIO_NO_ASYNCIFY', '-I', join(root, 'include')];
  const linking = ['--no-entry', '-sERROR_ON_UNDEFINED_SYMBOLS=0', '-sWARN_ON_UNDEFINED_SYMBOLS=0'];
  const memory = ['-sALLOW_MEMORY_GROWTH', '-sTOTAL_STACK=65536', '-sINITIAL_MEMORY=131072'];
  must('emcc', [...compiling, ...sources(), ...linking, ...memory, '-o', raw]);
}

// Drops what only the loader of a C program calls: the exports that TypeScript does not name, and all that hangs on them.
function dropUnused(raw, reduced) {
  const text = readdirSync(api).map((name) => readFileSync(join(api, name), 'utf8'));
  const words = new Set(text.join('\n').match(/\w+/g));
  const isNamed = (name) => words.has(name) || words.has(name.replace(/^asyncio_(_js)?_*/, ''));
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(raw))).map(({ name }) => name);
  const kept = exported.filter(isNamed).map((name) => ({ name, export: name }));
  const graph = join(core, 'graph.json');
  writeFileSync(
    graph,
    JSON.stringify([{ name: 'package', root: true, reaches: kept.map(({ name }) => name) }, ...kept]),
  );
  must('wasm-metadce', [...FEATURES, raw, `--graph-file=${graph}`, '-o', reduced]);
}

function buildCore(wasm) {
  const [raw, reduced] = ['raw', 'reduced'].map((name) => join(core, `${name}.wasm`));
  compileCore(raw);
  dropUnused(raw, reduced);
  must('wasm-opt', ['-Os', '-aimfs', '14', ...FEATURES, '--strip-producers', '--strip-debug', reduced, '-o', wasm]);
}

// Text as a bundler writes it that keeps to ASCII, and never a newline.
function literal(bytes) {
  const escape = (byte) => `\\x${byte.toString(16).padStart(2, '0')}`;
  const character = (byte) => {
    if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte >= 0x7f ? escape(byte) : String.fromCharCode(byte);
  };
  return `'${Array.from(bytes, character).join('')}'`;
}

// A character is a byte: base64 would be a third larger once compressed. Most of a module's bytes are no characters that
// can stand in a string as they are, so all are combined with a mask: the one with which string and text compress best.
function masked(bytes, text) {
  const masks = Array.from({ length: 256 }, (_, mask) => ({ mask, string: literal(bytes.map((byte) => byte ^ mask)) }));
  const shortest = masks.sort((a, b) => a.string.length - b.string.length).slice(0, 16);
  const size = ({ string }) => gzipSync(string + text, { level: 9 }).length;
  return shortest.map((each) => ({ ...each, size: size(each) })).sort((a, b) => a.size - b.size)[0];
}

// web/lib/bridge.js without what stands above its function.
function bridgeText() {
  const text = readFileSync(join(root, 'web/lib/bridge.js'), 'utf8');
  return text.slice(text.indexOf('function asyncioBridge'));
}

function embed(wasm, embedded) {
  const bridge = bridgeText();
  const { mask, string } = masked(readFileSync(wasm), bridge);
  writeFileSync(embedded, `export const wasm = ${string};\nexport const mask = ${mask};\n\nexport ${bridge}\n`);
}

// One file is read in half the time of ten. It is not minified: whoever needs that has a bundler, and stacks stay readable.
// The string comes first: most of gzip's blocks then hold either that or JavaScript, and compress the better for it.
function bundle(embedded) {
  const entry = { contents: "import './embedded.js';\nexport * from './index.js';\n", resolveDir: api };
  const toEmbedded = {
    name: 'embedded',
    setup: (build) => build.onResolve({ filter: /\/embedded\.js$/ }, () => ({ path: embedded })),
  };
  const options = { bundle: true, format: 'esm', target: 'es2022', legalComments: 'none', logLevel: 'warning' };
  const banner = { js: '// SPDX-License-Identifier: MIT' };
  return esbuild({ ...options, stdin: entry, outfile: join(output, 'index.js'), banner, plugins: [toEmbedded] });
}

// The names that index.ts takes out of a runtime, each with what runtime.ts says of it: tsc writes their types out instead.
function documentNames() {
  const [names] = readFileSync(join(api, 'index.ts'), 'utf8').match(/(?<=^export const {).*?(?=^})/ms);
  const [index, runtime] = ['index.d.ts', 'runtime.d.ts'].map((name) => readFileSync(join(output, name), 'utf8'));
  const members = runtime.matchAll(/^ *(\/\*\*(?:(?!\*\/).)*\*\/)\s+readonly (\w+):/gms);
  const words = new Map([...members].map(([, comment, name]) => [name, comment.replace(/^ +/gm, ' ')]));
  const lines = names.match(/\w+/g).map((name) => {
    if (!words.has(name)) throw new Error(`runtime.ts says nothing of ${name}`);
    return `${words.get(name)}\nexport declare const ${name}: Runtime['${name}'];\n`;
  });
  const text = index.replace(/^export declare const \w+: <.*\n/m, () => lines.join(''));
  writeFileSync(join(output, 'index.d.ts'), `import type { Runtime } from './runtime.js';\n${text}`);
}

// The types, and the mistakes in them.
function declare() {
  must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', api]);
  copyFileSync(join(api, 'embedded.d.ts'), join(output, 'embedded.d.ts'));
  documentNames();
}

// The root's package.json says nothing about modules, since what emcc writes beside it is CommonJS.
const sayModules = () => writeFileSync(join(output, 'package.json'), '{ "type": "module" }\n');

const newest = (folders) =>
  Math.max(
    ...folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => statSync(join(root, folder, name)).mtimeMs),
    ),
  );

const isOlder = (file, time) => !existsSync(file) || statSync(file).mtimeMs < time;

const [wasm, embedded] = ['core.wasm', 'embedded.js'].map((name) => join(core, name));
rmSync(output, { recursive: true, force: true });
for (const folder of [core, output]) mkdirSync(folder, { recursive: true });
if (isOlder(wasm, newest(['src', 'include', 'web/api', 'web/cli']))) buildCore(wasm);
embed(wasm, embedded);
declare();
await bundle(embedded);
sayModules();
