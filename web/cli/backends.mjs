// SPDX-License-Identifier: MIT
// The two ways in which a program's coroutines switch, and the library for each: built once for each version of emcc,
// by CMakeLists.txt, and kept.
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { run } from './emcc.mjs';
import { Mistake } from './mistake.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// In the order in which an engine prefers them; the flags are those that CMakeLists.txt gives its users.
export const BACKENDS = {
  jspi: { title: 'JSPI', flags: [] },
  asyncify: { title: 'Asyncify', flags: ['-sASYNCIFY', '-sASSERTIONS=0'] },
};

const folderOf = (backend, version) => join(process.env.WASYNCIO_CACHE ?? join(root, 'build/emcc'), version, backend);

function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Mistake(`${folder} cannot be written (${error.code}): set WASYNCIO_CACHE to a folder for the built library`);
  }
}

async function cmake(args, onLine) {
  try {
    await run('emcmake', ['cmake', ...args], onLine);
  } catch (error) {
    const hint = /cmake.*(not found|No such file)/i.test(error.message) ? '\nwasyncio: CMake 3.21 or later is needed to build the library once' : '';
    throw new Mistake(error.message + hint);
  }
}

/**
 * Builds the library of [backend] unless it is there, and gives the arguments with which emcc links a program with it.
 */
export async function libraryFor(backend, version, onLine) {
  const folder = folderOf(backend, version);
  const library = join(folder, 'libasyncio.a');
  if (!existsSync(library)) {
    makeFolder(folder);
    await cmake(['-S', root, '-B', folder, '-DCMAKE_BUILD_TYPE=Release', `-DASYNCIO_CORO=${backend}`], onLine);
    await run('cmake', ['--build', folder, '--target', 'asyncio', '--parallel', String(availableParallelism())], onLine);
  }
  const common = ['-sEXIT_RUNTIME=1', '-sALLOW_MEMORY_GROWTH', '--js-library', join(folder, 'asyncio.js')];
  return ['-I', join(root, 'include'), library, ...BACKENDS[backend].flags, ...common];
}
