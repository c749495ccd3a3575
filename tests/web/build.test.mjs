// SPDX-License-Identifier: MIT
// `wasyncio build`: what it makes of a source loads and runs, and what it says of mistakes. The library that it builds
// on the way is kept in build/, as users keep theirs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { build, environment, node, root } from '../tools/paths.mjs';

const folder = join(build, 'web-programs/build');
const SOURCE = `#include <asyncio.h>

__attribute__((noinline)) static asyncio_status nap(double seconds) {
  ASYNCIO_TRY(asyncio_sleep(seconds));
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(int, twice, (int, number)) {
  ASYNCIO_TRY(nap(0.001));
  *result = asyncio_int(2 * number);
  return ASYNCIO_OK;
}
`;

const USER = `import { gather, load } from '${join(root, 'build/api/index.js')}';
import createModule from './program.mjs';

const asked = process.env.BACKEND ? { backend: process.env.BACKEND } : {};
const found = [];
const app = await load(createModule, { ...asked, locateFile: (name) => (found.push(name), new URL(name, import.meta.url).href) });
console.log(await gather(app.twice(1), app.twice(2)), ...found);
app.close();
`;

function wasyncio(args, env = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'web/cli/wasyncio.mjs'), ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, ...environment, ...env },
  });
  return { status, output: stdout, errors: stderr };
}

const buildWith = (...args) => wasyncio(['build', 'program.c', '-o', 'program.mjs', ...args]);

before(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'program.c'), SOURCE);
  writeFileSync(join(folder, 'user.mjs'), USER);
});

function runUser(command = process.execPath, env = {}) {
  const { status, stdout, stderr } = spawnSync(command, ['user.mjs'], { encoding: 'utf8', cwd: folder, env: { ...process.env, ...env } });
  assert.equal(status, 0, stderr);
  return stdout;
}

test('one module takes JSPI where the engine has it, and Asyncify elsewhere or when asked', () => {
  const { status, output, errors } = buildWith('-O1');
  assert.equal(status, 0, errors);
  const sizes = [...output.matchAll(/^ +(\S+) +[\d.]+ KB/gm)].map(([, name]) => name);
  assert.deepEqual(sizes, ['program.mjs', 'program.jspi.mjs', 'program.jspi.wasm', 'program.asyncify.mjs', 'program.asyncify.wasm']);
  assert.equal(runUser(), '[ 2, 4 ] program.asyncify.wasm\n');
  for (const name of ['node24', 'node26']) {
    assert.equal(runUser(node(name)), '[ 2, 4 ] program.jspi.wasm\n');
    assert.equal(runUser(node(name), { BACKEND: 'asyncify' }), '[ 2, 4 ] program.asyncify.wasm\n');
  }
});

test('a program for JSPI alone says so where the engine has none', () => {
  assert.equal(buildWith('--backend', 'jspi', '-O1').status, 0);
  assert.equal(runUser(node('node24')), '[ 2, 4 ] program.wasm\n');
  const { status, stderr } = spawnSync(process.execPath, ['user.mjs'], { encoding: 'utf8', cwd: folder });
  assert.equal(status, 1);
  assert.match(stderr, /this engine has no JavaScript Promise Integration: it needs the program built for Asyncify/);
});

test('a source becomes a module that loads, with its types, and the sizes are told', () => {
  const { status, output, errors } = buildWith('--backend', 'asyncify', '-O1');
  assert.equal(status, 0, errors);
  for (const name of ['program.mjs', 'program.wasm']) assert.match(output, new RegExp(`^ +${name} +[\\d.]+ KB +[\\d.]+ KB gzipped$`, 'm'));
  assert.match(errors, /^The library for Asyncify: [\d.]+ s$/m);
  assert.match(readFileSync(join(folder, 'program.d.mts'), 'utf8'), /^ {2}twice\(number: number\): Coroutine<number>;$/m);
  assert.equal(runUser(), '[ 2, 4 ] program.wasm\n');
});

test('an option of emcc is passed on', () => {
  const { status, errors } = buildWith('--backend=asyncify', '-O1', '-DASYNCIO_NO_SUCH', '-sNO_SUCH_SETTING=1');
  assert.equal(status, 1);
  assert.match(errors, /non-existent setting/);
  assert.match(errors, /^emcc failed \(status 1\)$/m);
});

// ---- Lists for Asyncify

test('a function that suspends and is left out of the instrumented ones is named, with the call', () => {
  const removed = buildWith('--backend', 'asyncify', '-O1', '-sASYNCIFY_REMOVE=nap');
  assert.equal(removed.status, 1);
  assert.match(removed.errors, /^-sASYNCIFY_REMOVE leaves out functions that suspend:\n {2}nap, which calls asyncio_sleep$/m);
  const only = buildWith('--backend', 'asyncify', '-O1', '-s', 'ASYNCIFY_ONLY=["nap"]');
  assert.match(only.errors, /^ {2}twice__exported, which calls nap\n {2}asyncio's own: .*\basyncio_sleep\b/m);
});

test('a list that leaves out what calls through a pointer is a warning, and one that leaves out nothing none', () => {
  writeFileSync(
    join(folder, 'pointer.c'),
    `${SOURCE}\nstatic int (*volatile add)(int, int);\n` +
      '__attribute__((noinline)) static int call_add(int number) { return add ? add(number, number) : 0; }\n' +
      'ASYNCIO_EXPORT(int, added, (int, number)) { *result = asyncio_int(call_add(number)); return ASYNCIO_OK; }\n',
  );
  const build = (list) => wasyncio(['build', 'pointer.c', '-o', 'pointer.mjs', '--backend', 'asyncify', '-O1', list]);
  const warned = build('-sASYNCIFY_REMOVE=call_add');
  assert.equal(warned.status, 0, warned.errors);
  assert.match(warned.errors, /^warning: -sASYNCIFY_REMOVE leaves out call_add: right only if/m);
  assert.doesNotMatch(build('-sASYNCIFY_REMOVE=printf').errors, /warning: -sASYNCIFY/);
});

// ---- Mistakes

for (const [name, args, words] of [
  ['no source', ['-o', 'a.mjs'], /^Expected a source in C\n/],
  ['no output', ['program.c'], /^Expected -o PROGRAM\.mjs: where to write\n/],
  ['an output of another kind', ['program.c', '-o', 'a.html'], /^Expected -o to name a \.mjs or \.js, got a\.html\n/],
  ['an output without a name', ['program.c', '-o'], /^-o needs a value\n/],
  ['a backend without a name', ['program.c', '-o', 'a.mjs', '--backend'], /^--backend needs a value\n/],
  ['an unknown backend', ['program.c', '-o', 'a.mjs', '--backend', 'fibers'], /^Expected --backend to be jspi or asyncify, got fibers\n/],
  ['a source that is not there', ['none.c', '-o', 'a.mjs', '--backend', 'asyncify'], /none\.c/],
])
  test(`${name} is told`, () => {
    const { status, errors } = wasyncio(['build', ...args]);
    assert.equal(status, 1);
    assert.match(errors, words);
  });

test('an undefined function is named, with what to do', () => {
  writeFileSync(join(folder, 'undefined.c'), '#include <asyncio.h>\nvoid nowhere(void);\nint main(void) { nowhere(); return 0; }\n');
  const { errors } = wasyncio(['build', 'undefined.c', '-o', 'undefined.mjs', '--backend', 'asyncify', '-O1']);
  assert.match(errors, /undefined symbol: nowhere/);
  assert.match(errors, /^wasyncio: Nothing defines this function/m);
  writeFileSync(join(folder, 'misspelled.c'), 'int asyncio_sleeps(void);\nint main(void) { return asyncio_sleeps(); }\n');
  const misspelled = wasyncio(['build', 'misspelled.c', '-o', 'misspelled.mjs', '--backend', 'asyncify', '-O1']);
  assert.match(misspelled.errors, /^wasyncio: The library has no such function: is it spelled/m);
});

test('without emcc, and with an old one, the words say what to install', () => {
  const empty = join(folder, 'no_tools');
  mkdirSync(empty);
  const none = wasyncio(['build', 'program.c', '-o', 'a.mjs'], { PATH: empty });
  assert.equal(none.status, 1);
  assert.match(none.errors, /^emcc was not found: install Emscripten 3\.1\.6 or later/);
  const emcc = join(empty, 'emcc');
  writeFileSync(emcc, '#!/bin/sh\necho "emcc (Emscripten gcc/clang-like replacement) 2.0.34"\n');
  chmodSync(emcc, 0o755);
  const old = wasyncio(['build', 'program.c', '-o', 'a.mjs'], { PATH: `${empty}:${process.env.PATH}` });
  assert.match(old.errors, /^emcc is 2\.0\.34, which is too old: install Emscripten 3\.1\.6 or later\n/);
  assert.ok(!existsSync(join(folder, 'a.mjs')));
});

// A folder of tools that are scripts.
function toolbox(name, tools) {
  const place = join(folder, name);
  mkdirSync(place);
  for (const [tool, script] of Object.entries(tools)) {
    writeFileSync(join(place, tool), `#!/bin/sh\n${script}\n`);
    chmodSync(join(place, tool), 0o755);
  }
  return { PATH: `${place}:${process.env.PATH}`, alone: place };
}

const VERSION = 'if [ "$1" = --version ]; then echo "emcc (Emscripten gcc/clang-like replacement) 3.1.6"; exit 0; fi';

test('a tool that says nothing of its version, fails, is killed or is not there is named', () => {
  const silent = toolbox('silent', { emcc: 'echo "welcome"' });
  assert.match(buildWithTools(silent.PATH), /^emcc --version gave no version: welcome\n/);
  const killed = toolbox('killed', { emcc: `${VERSION}\nkill -9 $$` });
  assert.match(buildWithTools(killed.PATH), /^emcc failed \(SIGKILL\)$/m);
  const half = toolbox('half', { emcc: VERSION });
  assert.match(buildWithTools(half.alone, 'half_cache'), /^emcmake cannot be run: spawn emcmake ENOENT\n/m);
  const words = `emcmake: error: "cmake -S /" failed: [Errno 2] No such file or directory: 'cmake'`;
  const bare = toolbox('bare', { emcc: VERSION, emcmake: `cat <<'END'\n${words}\nEND\nexit 1` });
  const said = buildWithTools(bare.PATH, 'bare_cache');
  assert.ok(said.includes(`${words}\n`));
  assert.match(said, /^wasyncio: CMake 3\.21 or later is needed to build the library once$/m);
});

function buildWithTools(PATH, cache) {
  const place = cache ? { WASYNCIO_CACHE: join(folder, cache) } : {};
  const { status, errors } = wasyncio(['build', 'program.c', '-o', 'a.mjs', '--backend', 'asyncify'], { PATH, ...place });
  assert.equal(status, 1);
  return errors;
}

test('the help names every option, and a command that is not there is told with it', () => {
  const { status, output } = wasyncio(['build', '--help']);
  assert.equal(status, 0);
  for (const word of ['Usage: wasyncio build', '-o PROGRAM.mjs', '--backend NAME', 'WASYNCIO_CACHE']) assert.ok(output.includes(word), word);
  const unknown = wasyncio(['biuld']);
  assert.equal(unknown.status, 1);
  assert.match(unknown.errors, /^There is no command biuld\n\nUsage: wasyncio build/);
});

test('a program without exports runs its main as a script of its own, and has no types', () => {
  const source = `#include <asyncio.h>
    #include <stdio.h>
    ASYNCIO_COROUTINE(program) { ASYNCIO_TRY(asyncio_sleep(0.001)); puts("slept"); return ASYNCIO_OK; }
    int main(void) { return asyncio_run(program_coroutine(), NULL) != ASYNCIO_OK; }\n`;
  writeFileSync(join(folder, 'alone.c'), source);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const { status, errors } = wasyncio(['build', 'alone.c', '-o', 'alone.js', '--backend', 'asyncify', '-O1']);
  assert.equal(status, 0, errors);
  assert.ok(!existsSync(join(folder, 'alone.d.ts')));
  const script = "const { default: create } = await import('./alone.js'); await create();";
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd: folder });
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, 'slept\n', '']);
});

test('a library that cannot be kept is told with the folder and the variable', () => {
  const file = join(folder, 'program.c');
  const { errors } = wasyncio(['build', 'program.c', '-o', 'a.mjs'], { WASYNCIO_CACHE: file });
  assert.match(errors, /program\.c\/\S+ cannot be written \(ENOTDIR\): set WASYNCIO_CACHE/);
});
