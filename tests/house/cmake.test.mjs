// SPDX-License-Identifier: MIT
// What CMake installs is a package that a project finds, builds with and runs, natively and in WebAssembly.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { NATIVE_PROGRAMS, PROGRAMS, definitions } from '../tools/build.mjs';
import { node, tree } from '../tools/paths.mjs';
import { build, environment, root } from './sources.mjs';

const options = { encoding: 'utf8', env: { ...process.env, ...environment } };
const cmake = (...args) => execFileSync('cmake', args, options);

// Installs the library of [config] anew and builds the user's project over it; gives the project's folder.
function buildUser(config) {
  const folder = join(build, 'house', `user-${config.name}`);
  const prefix = join(folder, 'installed');
  rmSync(folder, { recursive: true, force: true });
  cmake('--install', tree(config.name), '--prefix', prefix);
  const command = `-DASYNCIO_COMMAND=node;${join(root, 'web/cli/wasyncio.mjs')}`;
  const where = [`-DCMAKE_PREFIX_PATH=${prefix}`, `-DCMAKE_FIND_ROOT_PATH=${prefix}`, command];
  const toolchain = definitions({ emscripten: config.emscripten, options: { CMAKE_BUILD_TYPE: 'Release' } });
  cmake('-S', join(root, 'tests/house/user'), '-B', folder, ...where, ...toolchain);
  cmake('--build', folder);
  return folder;
}

test('installed libraries are found and used natively', () => {
  const folder = buildUser(NATIVE_PROGRAMS);
  for (const program of ['user', 'user_stackless'])
    assert.equal(execFileSync(join(folder, program), options), 'hello\nmain goes on\n');
  assert.equal(execFileSync(join(folder, 'loaded'), options), '1.5\n');
});

test('installed libraries are found and used in WebAssembly', () => {
  const folder = buildUser(PROGRAMS);
  for (const program of ['user.js', 'user_stackless.js'])
    assert.equal(execFileSync(process.execPath, [join(folder, program)], options), 'hello\nmain goes on\n');
  assert.match(readFileSync(join(folder, 'loaded.d.ts'), 'utf8'), /half\(number: number\): Coroutine<number>;/);
  const files = ['both.mjs', 'both.jspi.mjs', 'both.jspi.wasm', 'both.asyncify.mjs', 'both.asyncify.wasm'];
  for (const file of files) assert.ok(existsSync(join(folder, file)), file);
  const script = `import { load } from '${join(build, 'api/index.js')}';
    import create from '${join(folder, 'both.mjs')}';
    const app = await load(create);
    console.log(await app.half(3));
    app.close();`;
  const run = (command) => execFileSync(command, ['--input-type=module', '-e', script], options);
  const twice = '1.5\n1.5\n'; // its main's, and ours
  for (const command of [process.execPath, ...['node24', 'node26'].map(node)]) assert.equal(run(command), twice);
});
