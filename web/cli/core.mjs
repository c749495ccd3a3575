// SPDX-License-Identifier: MIT
// The embedded core: C compiled to WebAssembly without Asyncify and without glue. All of it is linked as one and then
// cut into modules: the first has what every runtime calls; the others live in its memory and table, each brought in by
// whoever uses it, and may refer to those before. Which functions are whose is told by links without the files of the
// later ones. Invariant: no code and no data of a module refers to a later one, nor to one before that it does not
// need.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const debianModules = '/usr/share/nodejs'; // where Debian's emcc has its parser

const FEATURES = ['--enable-bulk-memory', '--enable-sign-ext', '--enable-mutable-globals'];
const WARNINGS = ['-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-Werror'];
const MEMORY = ['-sALLOW_MEMORY_GROWTH', '-sTOTAL_STACK=65536', '-sINITIAL_MEMORY=131072'];

const inAsync = (...names) => names.map((name) => `src/async/${name}.c`);

// The modules after the first: the files that only they need, and the function that gives their table, which is in the
// first. One that is `needed` is brought in together with those after it; what others have in common with them all is
// the first one's.
const LATER = [
  { files: ['src/web/contexts.c', 'src/core/context_api.c'], entry: 'asyncio__js_context_functions' },
  {
    files: ['src/web/combinators.c', ...inAsync('awaitables', 'gather', 'limit', 'shield', 'wait', 'wait_for')],
    entry: 'asyncio__js_combinator_functions',
    needed: true,
  },
  {
    files: [
      'src/web/objects.c',
      ...inAsync('as_completed', 'barrier', 'condition', 'event', 'lock', 'queue', 'queue_items', 'semaphore'),
      ...inAsync('task_group', 'timeout', 'waiters'),
    ],
    entry: 'asyncio__js_object_functions',
  },
  {
    files: ['src/web/inspection.c', 'src/core/describe.c', 'src/core/stackless.c', ...inAsync('graph', 'task_tree')],
    entry: 'asyncio__js_inspection_functions',
  },
];

const filesOf = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(root, folder, name));

const LEFT_OUT = /(base\/check|core\/report_line|web\/main|web\/main_none|web\/export|web\/export_generator)\.c$/;

// src/port/print.c takes the place of stdio, check.c and report_line.c, memory.c that of malloc; there is no main to be
// a coroutine, and C exports nothing.
function sources() {
  const port = ['stack', 'coro_none', 'print', 'memory', 'host_web'].map((name) => join(root, `src/port/${name}.c`));
  const others = ['src/base', 'src/core', 'src/async', 'src/web'].flatMap(filesOf);
  return [...others.filter((name) => !LEFT_OUT.test(name)), ...port];
}

export function must(command, args, cwd = root) {
  const env = { ...process.env, ...(existsSync(debianModules) && { NODE_PATH: debianModules }) };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', env });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${command} ended with status ${status}\n${stdout.slice(-4000)}${stderr.slice(-4000)}`);
}

// A text between the data of two modules.
const markOf = (number) => `module ${number}`;

function writeMark(folder, number) {
  const file = join(folder, `module${number}.c`);
  writeFileSync(file, `__attribute__((used)) const char asyncio__module${number}[] = "${markOf(number)}";\n`);
  return file;
}

// The object files, in one list for each module. Functions of the same name in several files get names of their own.
function compile(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = sources();
  const marks = LATER.map((_, index) => writeMark(folder, index + 1));
  const without = ['-DASYNCIO_EMBEDDED', '-DASYNCIO_NO_ASYNCIFY', '-DASYNCIO_NO_STACKS'];
  const options = ['-c', '-Oz', '-std=gnu11', ...WARNINGS, ...without, '-I', join(root, 'include')];
  must('emcc', [...options, '-funique-internal-linkage-names', ...files, ...marks], folder);
  const later = LATER.map(({ files: own }, index) => [marks[index], ...own.map((name) => join(root, name))]);
  const first = files.filter((name) => !later.flat().includes(name));
  return [first, ...later].map((names) => names.map((name) => join(folder, basename(name, '.c') + '.o')));
}

// Everything undefined is the package's to supply, so emcc need not know it. The linker leaves texts in the order of
// the files, not merged: the second module's are then the last.
function link(objects, linked) {
  const plain = ['-O0', '-sASSERTIONS=0', '--profiling-funcs', '-Wl,--no-demangle,-O0'];
  const linking = ['--no-entry', '-sERROR_ON_UNDEFINED_SYMBOLS=0', '-sWARN_ON_UNDEFINED_SYMBOLS=0'];
  must('emcc', [...objects, ...plain, ...linking, ...MEMORY, '-o', linked]);
}

// The prefixes that C and the linker need, of what C calls of JavaScript, and JavaScript of C.
const PREFIX = '(?:asyncio_host_|asyncio_(?:_js)?_+|__indirect_function_)';
const BORDER = new RegExp(`^( \\((?:import "\\w+"|export)) "${PREFIX}(\\w+)"`, 'gm');

// Drops what only the loader of a C program calls: the exports that TypeScript does not name, and all that hangs on
// them.
function dropUnused(linked, reduced) {
  const api = join(root, 'web/api');
  const text = readdirSync(api).map((name) => readFileSync(join(api, name), 'utf8'));
  const words = new Set(text.join('\n').match(/\w+/g));
  const isNamed = (name) => words.has(name.replace(new RegExp(`^${PREFIX}`), ''));
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
const DATA = /^ \(data (?:\$\S+ )?\(i32\.const 1024\) "(.*)"\)$/m;
const BYTE = /\\[0-9a-f]{2}|\\.|[^\\]/g;

function textOf(module) {
  must('wasm-dis', [...FEATURES, module, '-o', `${module}.wat`]);
  return readFileSync(`${module}.wat`, 'utf8');
}

// In a module a function of a later one is an import that stands in the table in its place. Nobody calls it there
// before the later module takes it, so the place may hold anything, and the import goes.
function dropPlaceholders(text) {
  const names = new Set([...text.matchAll(/^ \(import "later" "\d+" \(func (\S+)/gm)].map(([, name]) => name));
  const rest = text.replace(/^ \(import "later" .*\n/gm, '');
  const [table] = rest.match(/^ \(elem .*$/m);
  const [first] = table.match(/\$\S+/);
  const without = rest.replace(table, () => table.replace(/\$[^\s)]+/g, (name) => (names.has(name) ? first : name)));
  const called = without.match(/\$[^\s)]+/g).find((name) => names.has(name));
  if (called) throw new Error(`A module of the core calls ${called} of a later one`);
  return without;
}

// Moves the data of module [number], which begins with its mark.
function moveData(text, later, number) {
  const characters = text.match(DATA)[1].match(BYTE);
  const at = characters.join('\n').indexOf([...markOf(number)].join('\n'));
  if (at < 0) throw new Error(`The core has no data of module ${number}`);
  const before = characters.join('\n').slice(0, at).split('\n').length - 1;
  const segment = (from, data) => ` (data (i32.const ${from}) "${data.join('')}")`;
  const moved = segment(START + before, characters.slice(before));
  return [
    text.replace(DATA, () => segment(START, characters.slice(0, before))),
    later.replace(/^ \(elem /m, (rest) => `${moved}\n${rest}`),
  ];
}

// Cuts module [number] off [whole]; [alone] is the link without its files and those that need it. Gives what is left
// and the module, as texts.
function cut(whole, alone, number) {
  const entries = LATER.map(({ entry }) => entry);
  const keep = new Set([...functionsOf(alone), ...entries]);
  const [list, first, second] = ['keep', 'first', 'second'].map((name) => `${whole}.${name}`);
  writeFileSync(list, functionsOf(whole).filter((name) => keep.has(name)).join('\n'));
  const names = ['--import-namespace=core', '--placeholder-namespace=later', `--export-prefix=%${number}`];
  must('wasm-split', [...FEATURES, whole, `--keep-funcs=@${list}`, ...names, '-o1', first, '-o2', second, '-g']);
  return moveData(dropPlaceholders(textOf(first)), textOf(second), number);
}

// The names by which the modules know each other's functions, made short, and those that JavaScript knows.
function shorten(given) {
  const texts = given.map((text) => text.replace(BORDER, '$1 "$2"'));
  const names = [...new Set(texts.join('\n').match(/"%[^"]*"/g))];
  const short = new Map(names.map((name, index) => [name, `"${index.toString(36)}"`]));
  return texts.map((text) => text.replace(/"%[^"]*"/g, (name) => short.get(name)));
}

function optimise(text, module) {
  const common = [...FEATURES, '--low-memory-unused'];
  const last = ['-Os', '-aimfs', '14', '--strip-producers', '--strip-debug'];
  writeFileSync(`${module}.wat`, text);
  must('wasm-opt', [...common, `${module}.wat`, '--post-emscripten', '-Oz', '-o', `${module}.small`]);
  must('wasm-opt', [...common, `${module}.small`, ...last, '-o', `${module}.smaller`]);
  must('wasm-opt', [...FEATURES, `${module}.smaller`, '-Os', '-o', module]); // 90 bytes less, once compressed
}

// A table that is imported may be any size: the first module's grows with each cut.
const loosen = (text) => text.replace(/^( \(import .*\(table \S+ \d+) \d+ /m, '$1 ');

// The names of the functions in the tables of the modules.
export function functionNames() {
  const tables = ['src/web/api.c', ...LATER.map(({ files }) => files[0])];
  return tables.map((name) => {
    const [, list] = readFileSync(join(root, name), 'utf8').match(/#define FUNCTIONS\(_\)(.*?)\n\n/s);
    return [...list.matchAll(/\((?:_, )?(\w+)/g)].map(([, each]) => each).join(' ');
  });
}

// Makes the modules in [folder].
export function buildCore(folder, modules) {
  const lists = compile(join(folder, 'objects'));
  const linkOf = (name, chosen) => {
    const [linked, reduced] = ['linked', 'reduced'].map((kind) => join(folder, `${name}.${kind}.wasm`));
    link(chosen.flat(), linked);
    dropUnused(linked, reduced);
    return reduced;
  };
  const without = (index) => lists.filter((_, at) => (LATER[index - 1].needed ? at < index : at !== index));
  const texts = [];
  let whole = linkOf('all', lists);
  for (let index = LATER.length; index > 0; index--) {
    const [rest, later] = cut(whole, linkOf(`without${index}`, without(index)), index);
    texts.unshift(loosen(later));
    writeFileSync(`${whole}.rest`, rest);
    must('wasm-as', [...FEATURES, '-g', `${whole}.rest`, '-o', (whole = join(folder, `rest${index}.wasm`))]);
  }
  shorten([textOf(whole), ...texts]).forEach((text, index) => optimise(text, modules[index]));
}
