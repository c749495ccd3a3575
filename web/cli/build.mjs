// SPDX-License-Identifier: MIT
// Builds the JavaScript package into build/api: the core in WebAssembly, without Asyncify and without glue;
// embedded.js, with its bytes and with the part of web/lib/asyncio.js that every loader shares; and the compiled
// TypeScript.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const output = join(root, 'build/api');
const debianModules = '/usr/share/nodejs'; // where Debian's emcc has its parser

const HEAD = '// SPDX-License-Identifier: MIT\n';

// What the package calls beyond src/web.
const EXPORTS = [
  ...['ref', 'unref', 'gather_array', 'shield', 'wait_for_coroutine', 'wait_coroutine', 'promise', 'current_task'],
  ...['future_done', 'future_cancelled', 'future_get_loop', 'istask', 'all_tasks'],
  ...['task_cancelling', 'task_get_name', 'task_uncancel'],
  ...['loop_close', 'loop_create_future', 'loop_is_running', 'loop_stop', 'loop_time', 'loop_unref'],
  ...['handle_cancel', 'handle_unref', 'handle_when', 'error_clear', 'error_current', 'error_js', 'error_latest'],
].map((name) => `_asyncio_${name}`);

const filesOf = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(root, folder, name));

// src/port/print.c takes the place of stdio and of check.c; main is no coroutine where there is no main.
function sources() {
  const port = ['stack', 'coro_none', 'print', 'host_web'].map((name) => join(root, `src/port/${name}.c`));
  const others = ['src/base', 'src/core', 'src/async', 'src/web'].flatMap(filesOf);
  return [...others.filter((name) => !/(base\/check|web\/main|web\/main_none)\.c$/.test(name)), ...port];
}

function must(command, args) {
  const env = { ...process.env, ...(existsSync(debianModules) && { NODE_PATH: debianModules }) };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${command} ended with status ${status}\n${stdout.slice(-4000)}${stderr.slice(-4000)}`);
}

function buildCore(wasm) {
  const raw = join(output, 'raw.wasm');
  const compiling = [
    '-Os',
    '-std=gnu11',
    '-Wall',
    '-Wextra',
    '-Wshadow',
    '-Wconversion',
    '-Werror',
    '-DASYNCIO_NO_ASYNCIFY',
  ];
  // Everything undefined is the package's to supply, so emcc need not know it.
  const linking = ['--no-entry', '-sERROR_ON_UNDEFINED_SYMBOLS=0', '-sWARN_ON_UNDEFINED_SYMBOLS=0'];
  const memory = ['-sALLOW_MEMORY_GROWTH', '-sMALLOC=emmalloc', '-sTOTAL_STACK=65536', '-sINITIAL_MEMORY=131072'];
  const names = `-sEXPORTED_FUNCTIONS=${[...EXPORTS, '_malloc', '_free'].join(',')}`;
  must('emcc', [...compiling, '-I', join(root, 'include'), ...sources(), ...linking, ...memory, names, '-o', raw]);
  const features = ['--enable-bulk-memory', '--enable-sign-ext', '--enable-mutable-globals'];
  must('wasm-opt', ['-O3', ...features, '--strip-producers', '--strip-debug', raw, '-o', wasm]);
}

// A byte a character: base64 would be a third larger once compressed. What an editor would trip over is escaped.
function literal(bytes) {
  const escape = (byte) => `\\x${byte.toString(16).padStart(2, '0')}`;
  const character = (byte) => {
    if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || (byte >= 0x7f && byte < 0xa1) || byte === 0xad ? escape(byte) : String.fromCharCode(byte);
  };
  return `'${Array.from(bytes, character).join('')}'`;
}

// The text of a function of web/lib/asyncio.js that ends with a "}" in the first column.
function functionOf(name) {
  const library = readFileSync(join(root, 'web/lib/asyncio.js'), 'utf8');
  const text = library.match(new RegExp(`^function ${name}\\(.*?^}`, 'ms'))?.[0];
  if (!text) throw new Error(`web/lib/asyncio.js has no function ${name}`);
  return text;
}

function embed(wasm) {
  const bridge = functionOf('asyncioBridge');
  const text = `${HEAD}export ${bridge}\n\nexport const wasm = ${literal(readFileSync(wasm))};\n`;
  writeFileSync(join(output, 'embedded.js'), text);
  copyFileSync(join(root, 'web/api/embedded.d.ts'), join(output, 'embedded.d.ts'));
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

const wasm = join(output, 'core.wasm');
mkdirSync(output, { recursive: true });
if (isOlder(wasm, newest(['src', 'include', 'web/cli']))) buildCore(wasm);
embed(wasm);
sayModules();
must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'web/api')]);
