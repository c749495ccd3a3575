// SPDX-License-Identifier: MIT
// The package: what is in it, what the checkers of packages say, that it runs in Node and through esbuild once it is
// installed, and how large a page becomes by it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { build as esbuild } from 'esbuild';

import { attempts } from '../tools/attempts.mjs';
import { LARGEST_BUNDLE, install, pack } from './installed.mjs';
import { block } from './readme.mjs';
import { root } from './sources.mjs';

const LARGEST_PACKAGE = 260e3;
const FOLDERS = /^(build\/api|include|src|web\/lib)\/|^web\/cli\/(?!build\.mjs|core\.mjs)[\w-]+\.(mjs|mjs\.in|cmake)$/;
const FILES = ['CHANGELOG.md', 'CMakeLists.txt', 'LICENSE', 'README.md', 'package.json'];

let packed;
let project;

before(() => {
  packed = pack('package');
  project = install(packed);
});

const bundle = (contents) =>
  esbuild({
    stdin: { contents, resolveDir: project },
    bundle: true,
    minify: true,
    format: 'esm',
    outfile: join(project, 'bundle.mjs'),
    logLevel: 'silent',
  });

const node = (file) => execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' });

// What a checker from node_modules says of the package, when it finds anything.
function check(program, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout + stderr);
}

test('it holds what its users need and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const outside = paths.filter((path) => !FOLDERS.test(path)).sort();
  assert.deepEqual(outside, FILES);
  for (const path of ['build/api/index.js', 'build/api/index.d.ts', 'include/asyncio.h', 'web/lib/library.js'])
    assert.ok(paths.includes(path), `${path} is missing`);
  const other = paths.filter((path) => path.startsWith('build/') && !/\.(d\.ts|js|json)$/.test(path));
  assert.deepEqual(other, []);
  assert.ok(packed.size <= LARGEST_PACKAGE, `it has ${packed.size} bytes`);
});

test('publint has nothing to say', () => check('publint/src/cli.js', '--strict', '--pack', 'false', root));

test('the types are found as the module is', () => {
  check('@arethetypeswrong/cli/dist/index.js', packed.path, '--profile', 'esm-only', '--no-emoji');
});

test('installed, it runs in Node', () => {
  writeFileSync(join(project, 'program.mjs'), block('js', "from 'wasyncio'"));
  assert.equal(node('program.mjs'), block('text', 'TimeoutError: true'));
});

test('esbuild makes a program of it that runs', async () => {
  await bundle(block('js', "from 'wasyncio'"));
  assert.equal(node('bundle.mjs'), block('text', 'TimeoutError: true'));
});

test('a page that imports run stays small', async () => {
  await bundle("import { run } from 'wasyncio';\nconsole.log(await run(async () => 'ran'));\n");
  assert.equal(node('bundle.mjs'), 'ran\n');
  const size = gzipSync(readFileSync(join(project, 'bundle.mjs')), { level: 9 }).length;
  assert.ok(size <= LARGEST_BUNDLE, `${size} bytes gzipped, at most ${LARGEST_BUNDLE}`);
});

test('a page has the modules of the core that it uses', async () => {
  const sizeOf = async (names) => {
    await bundle(`import { ${names} } from 'wasyncio';\nconsole.log([${names}].length);\n`);
    assert.equal(node('bundle.mjs'), `${names.split(',').length}\n`);
    return gzipSync(readFileSync(join(project, 'bundle.mjs')), { level: 9 }).length;
  };
  const run = await sizeOf('run');
  const combinators = await sizeOf('run, gather, wait_for');
  const objects = await sizeOf('run, Lock');
  assert.ok(combinators - run > 2000 && combinators - run < 5000, `gather adds ${combinators - run}`);
  assert.ok(objects - run > 8000 && objects - run < 14000, `Lock adds ${objects - run}`);
});

test('esbuild makes a program of scopes that runs', async (t) => {
  await bundle(block('js', 'new Queue(2)'));
  await attempts(t, () => assert.equal(node('bundle.mjs'), block('text', 'nothing more: true')));
});

test('every function of the package says in its types what it does', () => {
  const types = readFileSync(join(project, 'node_modules/wasyncio/build/api/index.d.ts'), 'utf8');
  const constants = [...types.matchAll(/^(.*)\nexport declare const (\w+)/gm)];
  const silent = constants.filter(([, before]) => !before.endsWith('*/'));
  assert.deepEqual(silent, []);
  assert.match(types, /Suspends for `delay` seconds[^/]*\*\/\nexport declare const sleep: Runtime\['sleep'\];/);
});

test('its types are those that a program in TypeScript sees', () => {
  const folder = join(project, 'typed');
  mkdirSync(folder);
  const options = { target: 'ES2022', module: 'NodeNext', strict: true, noEmit: true, types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
  writeFileSync(
    join(folder, 'program.mts'),
    `import { gather, run, sleep } from 'wasyncio';
    function* main() { return yield* gather(sleep(0, 1), sleep(0, 'two')); }
    const [one, two] = await run(main());
    export const sum: number = one + two.length;
    // @ts-expect-error: two is a string
    export const wrong: number = two;
    `,
  );
  check('typescript/bin/tsc', '-p', folder);
});
