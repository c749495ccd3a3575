// SPDX-License-Identifier: MIT
// The embedded core: C compiled to WebAssembly without Asyncify and without glue, in two modules. All of it is linked as
// one, and then cut: the first module has what every runtime calls, the second, which lives in the first one's memory and
// table, what only the classes in web/api/objects.ts do. Which functions those are is told by a link without their files.
// Invariant: no code and no data of the first module refers to the second.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const debianModules = '/usr/share/nodejs'; // where Debian's emcc has its parser

const FEATURES = ['--enable-bulk-memory', '--enable-sign-ext', '--enable-mutable-globals'];
const WARNINGS = ['-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-Werror'];
const MEMORY = ['-sALLOW_MEMORY_GROWTH', '-sTOTAL_STACK=65536', '-sINITIAL_MEMORY=131072'];
const ENTRY = 'asyncio__js_object_functions'; // it gives the second one's table, and is in the first

// The files behind those classes; nothing else in the core calls them.
const SECOND = new Set(
  ['as_completed', 'barrier', 'condition', 'event', 'lock', 'queue', 'queue_items', 'semaphore', 'task_group', 'timeout']
    .concat('waiters')
    .map((name) => join(root, `src/async/${name}.c`))
    .concat(join(root, 'src/web/objects.c')),
);

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

export function must(command, args, cwd = root) {
  const env = { ...process.env, ...(existsSync(debianModules) && { NODE_PATH: debianModules }) };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', env });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${command} ended with status ${status}\n${stdout.slice(-4000)}${stderr.slice(-4000)}`);
}

// The object files of both modules. Functions of the same name in several files get names of their own.
function compile(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = sources();
  const options = ['-c', '-Oz', '-std=gnu11', ...WARNINGS, '-DASYNCIO_NO_ASYNCIFY', '-I', join(root, 'include')];
  must('emcc', [...options, '-funique-internal-linkage-names', ...files], folder);
  const objects = (isIn) => files.filter(isIn).map((name) => join(folder, basename(name, '.c') + '.o'));
  return [objects((name) => !SECOND.has(name)), objects((name) => SECOND.has(name))];
}

// Everything undefined is the package's to supply, so emcc need not know it. The linker leaves texts in the order of the
// files, not merged: the second module's are then the last.
function link(objects, linked) {
  const plain = ['-O0', '-sASSERTIONS=0', '--profiling-funcs', '-Wl,--no-demangle,-O0'];
  const linking = ['--no-entry', '-sERROR_ON_UNDEFINED_SYMBOLS=0', '-sWARN_ON_UNDEFINED_SYMBOLS=0'];
  must('emcc', [...objects, ...plain, ...linking, ...MEMORY, '-o', linked]);
}

// Drops what only the loader of a C program calls: the exports that TypeScript does not name, and all that hangs on them.
function dropUnused(linked, reduced) {
  const api = join(root, 'web/api');
  const text = readdirSync(api).map((name) => readFileSync(join(api, name), 'utf8'));
  const words = new Set(text.join('\n').match(/\w+/g));
  const isNamed = (name) => words.has(name) || words.has(name.replace(/^asyncio_(_js)?_*/, ''));
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(linked))).map(({ name }) => name);
  const kept = exported.filter(isNamed).map((name) => ({ name, export: name }));
  const graph = `${reduced}.json`;
  writeFileSync(
    graph,
    JSON.stringify([{ name: 'package', root: true, reaches: kept.map(({ name }) => name) }, ...kept]),
  );
  must('wasm-metadce', [...FEATURES, '-g', linked, `--graph-file=${graph}`, '-o', reduced]);
}

// The names of a module's functions.
function functionsOf(file) {
  const map = `${file}.map`;
  must('wasm-opt', [...FEATURES, file, `--symbolmap=${map}`, '-o', `${file}.same`]);
  const lines = readFileSync(map, 'utf8').trim().split('\n');
  return lines.map((line) => line.slice(line.indexOf(':') + 1));
}

// ---- The cut

const START = 1024; // of what is only read, the first of the data
const DATA = /^ \(data (?:\$\.rodata )?\(i32\.const 1024\) "(.*)"\)$/m;
const BYTE = /\\[0-9a-f]{2}|\\.|[^\\]/g;

const charactersOf = (text) => text.match(DATA)[1].match(BYTE);

function textOf(module) {
  const file = `${module}.wat`;
  must('wasm-dis', [...FEATURES, module, '-o', file]);
  return readFileSync(file, 'utf8');
}

// In the first module a function of the second is an import that stands in the table in its place. Nobody calls it there
// before the second module takes it, so the place may hold anything, and the import goes.
function dropPlaceholders(text) {
  const names = [...text.matchAll(/^ \(import "later" "\d+" \(func (\S+).*\n/gm)].map(([, name]) => name);
  const rest = text.replace(/^ \(import "later" .*\n/gm, '');
  const table = rest.match(/^ \(elem .*$/m)[0];
  const [first] = table.match(/\$\S+/);
  const replaced = table.replace(/\$[^\s)]+/g, (name) => (names.includes(name) ? first : name));
  const without = rest.replace(table, () => replaced);
  const called = names.find((name) => without.includes(`${name}\n`) || without.includes(`${name} `));
  if (called) throw new Error(`The first module of the core calls ${called} of the second`);
  return without;
}

// Moves the data that the link without the second module's files does not have.
function moveData(first, second, alone) {
  const characters = charactersOf(first);
  const before = charactersOf(alone);
  if (before.some((character, index) => character !== characters[index]))
    throw new Error('The data of the core does not begin with that of its first module');
  const segment = (from, data) => ` (data (i32.const ${from}) "${data.join('')}")`;
  const moved = segment(START + before.length, characters.slice(before.length));
  return [
    first.replace(DATA, () => segment(START, before)),
    second.replace(/^ \(elem /m, (rest) => `${moved}\n${rest}`),
  ];
}

// Cuts [whole]; [alone] is the link without the second module's files.
function split(whole, alone, [first, second]) {
  const keep = new Set([...functionsOf(alone), ENTRY]);
  const list = `${whole}.keep`;
  writeFileSync(list, functionsOf(whole).filter((name) => keep.has(name)).join('\n'));
  const names = ['--import-namespace=core', '--placeholder-namespace=later', '--export-prefix=%'];
  must('wasm-split', [...FEATURES, whole, `--keep-funcs=@${list}`, ...names, '-o1', first, '-o2', second]);
  const texts = moveData(dropPlaceholders(textOf(first)), textOf(second), textOf(alone));
  [first, second].forEach((file, index) => writeFileSync(`${file}.wat`, texts[index]));
}

// Makes the two modules in [folder].
export function buildCore(folder, modules) {
  const at = (name) => join(folder, name);
  const [first, second] = compile(at('objects'));
  for (const [name, objects] of [['alone', first], ['whole', [...first, ...second]]]) {
    link(objects, at(`${name}.linked.wasm`));
    dropUnused(at(`${name}.linked.wasm`), at(`${name}.wasm`));
  }
  const parts = [at('first.wasm'), at('second.wasm')];
  split(at('whole.wasm'), at('alone.wasm'), parts);
  const common = [...FEATURES, '--low-memory-unused'];
  const last = ['-Os', '-aimfs', '14', '--strip-producers', '--strip-debug'];
  parts.forEach((part, index) => {
    must('wasm-opt', [...common, `${part}.wat`, '--post-emscripten', '-Oz', '-o', part]);
    must('wasm-opt', [...common, part, ...last, '-o', modules[index]]);
  });
}
