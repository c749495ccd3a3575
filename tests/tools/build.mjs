// SPDX-License-Identifier: MIT
// The configurations that are built and tested, each a CMake tree of its own under build/cmake.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build, environment, logs, root, tree } from './paths.mjs';
import { ask, mustRun } from './process.mjs';

const SANITIZERS = '-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all';

const native = (kind, compiler, coro, flags) => ({
  name: `${kind}-${compiler}-${coro}`,
  options: { CMAKE_C_COMPILER: compiler, CMAKE_C_FLAGS: flags, ASYNCIO_CORO: coro, ASYNCIO_TESTS: 'ON' },
});

// All C cases in one program, natively under the sanitizers...
export const NATIVE = ['gcc', 'clang'].flatMap((compiler) =>
  ['ucontext', 'later'].map((coro) => native('native', compiler, coro, SANITIZERS)),
);

// ... and in WebAssembly. The levels differ in kind: -O0 has no inlining and frames everywhere, -O1 inlines in clang
// alone. -O3 and -Oz inline in Binaryen too, before its Asyncify pass: they are the ones that would notice if `leave`
// (src/port/coro_asyncify.c) were inlined.
export const WASM = ['O0', 'O1', 'O3', 'Oz'].map((level) => ({
  name: `wasm-${level}`,
  emscripten: true,
  options: { CMAKE_C_FLAGS: `-${level}`, ASYNCIO_TESTS: 'ON' },
}));

// The same over JSPI, run by the versions of Node.js that have it (tests/nodes).
const jspi = (level, nodes) => ({
  name: `jspi-${level}`,
  emscripten: true,
  nodes,
  options: { CMAKE_C_FLAGS: `-${level}`, ASYNCIO_CORO: 'jspi', ASYNCIO_TESTS: 'ON' },
});
export const JSPI = [jspi('O0', ['node26']), jspi('O3', ['node24', 'node26'])];

// How much of the code the cases reach.
export const COVERAGE = ['ucontext', 'later'].map((coro) => native('coverage', 'gcc', coro, '-g -O0 --coverage'));

// The programs as users build them, with the README's flags, and the library where the README says it is.
const programs = (flags, folder, output = build) => ({
  CMAKE_C_FLAGS: flags,
  CMAKE_ARCHIVE_OUTPUT_DIRECTORY: join(build, folder),
  ASYNCIO_PROGRAMS: 'ON',
  ASYNCIO_OUTPUT: output,
});
export const PROGRAMS = { name: 'programs', emscripten: true, options: programs('-O3', 'wasm') };
export const JSPI_PROGRAMS = {
  name: 'programs-jspi',
  emscripten: true,
  options: { ...programs('-O3', 'wasm-jspi', join(build, 'jspi')), ASYNCIO_CORO: 'jspi' },
};
export const NATIVE_PROGRAMS = {
  name: 'native-programs',
  options: { CMAKE_C_COMPILER: 'gcc', ...programs('-O2', 'native') },
};

// Not emcmake: it gives ctest an emulator with a flag that today's Node.js refuses.
function toolchain() {
  const emscripten = ask('em-config', ['EMSCRIPTEN_ROOT']);
  if (!emscripten) throw new Error('em-config does not say where Emscripten is: install Emscripten anew');
  return join(emscripten, 'cmake/Modules/Platform/Emscripten.cmake');
}

// What CMake is told of a configuration.
export function definitions(config) {
  const all = {
    ...config.options,
    ASYNCIO_STRICT: 'ON',
    ...(config.emscripten && { CMAKE_TOOLCHAIN_FILE: toolchain() }),
  };
  return Object.entries(all).map(([name, value]) => `-D${name}=${value}`);
}

const generator = () => (ask('ninja', ['--version']) ? 'Ninja' : 'Unix Makefiles');

// A tree that was configured with other options starts afresh.
async function configure(config, onLine) {
  const folder = tree(config.name);
  const stamp = join(folder, 'options.json');
  const wanted = JSON.stringify([root, config.options]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ['-S', root, '-B', folder, '-G', generator(), ...definitions(config)];
  await mustRun('cmake', args, { log: logs(`${config.name}.configure`), env: environment, onLine });
  writeFileSync(stamp, wanted);
}

// Brings the [targets] of a configuration up to date; throws an error with the end of the log when that fails.
export async function make(config, targets, onLine) {
  await configure(config, onLine);
  const args = ['--build', tree(config.name), '--parallel', '2', '--target', ...targets];
  await mustRun('cmake', args, { log: logs(`${config.name}.build`), env: environment, onLine });
}

// The JavaScript package, in build/api.
export const makePackage = (onLine) =>
  mustRun(process.execPath, [join(root, 'web/cli/build.mjs')], { log: logs('package'), env: environment, onLine });
