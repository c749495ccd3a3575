// SPDX-License-Identifier: MIT
// The README's programs: built with the README's own command line, it prints what the README says.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { attempts } from '../tools/attempts.mjs';
import { block, commandLine } from './readme.mjs';
import { build, environment, root } from './sources.mjs';

for (const [what, program, prints] of [
  ['JavaScript', "from 'wasyncio'", 'TimeoutError: true'],
  ['queue and scopes', 'new Queue(2)', 'nothing more: true'],
])
  test(`the README's ${what} print what the README says`, async (t) => {
    const folder = join(build, 'house/readme');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'program.mjs'), block('js', program));
    const run = () => execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
    await attempts(t, () => assert.equal(run(), block('text', prints)));
  });

for (const [line, ...run] of [
  ['libasyncio_stackless.a', process.execPath, 'program.js'],
  ['emcc -O', process.execPath, 'program.js'],
  ['gcc -O', './program'],
]) {
  test(`the README's stackless program, built with the line of ${line}, prints what the README says`, async (t) => {
    const folder = join(build, 'house/readme', `stackless-${line}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'program.c'), block('c', 'ASYNCIO_MAIN('));
    const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } };
    const [command, ...args] = commandLine(line, root, build);
    execFileSync(command, args, options);
    await attempts(t, () => assert.equal(execFileSync(run[0], run.slice(1), options), block('text', 'run_both')));
  });
}

for (const [line, module] of [
  ['wasyncio build', './factorial.mjs'],
  ['-sMODULARIZE', './factorial.js'],
]) {
  test(`the README's C program, made with the line of ${line} and loaded, prints what the README says`, async (t) => {
    const folder = join(build, 'house/readme', `loaded-${line}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'factorial.c'), block('c', 'ASYNCIO_EXPORT('));
    writeFileSync(join(folder, 'program.mjs'), block('js', 'asyncio.load(').replace('./factorial.mjs', module));
    const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } };
    const [command, ...args] = commandLine(line, root, build);
    execFileSync(command, args, options);
    const run = () => execFileSync(process.execPath, ['program.mjs'], options);
    await attempts(t, () => assert.equal(run(), block('text', 'cancelled: true')));
  });
}

for (const [compiler, ...run] of [
  ['emcc', process.execPath, 'program.js'],
  ['gcc', './program'],
]) {
  test(`the README's program, built with ${compiler}, prints what the README says`, async (t) => {
    const folder = join(build, 'house/readme', compiler);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'program.c'), block('c', 'int main(void)'));
    const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } };
    const [command, ...args] = commandLine(`${compiler} -O`, root, build);
    execFileSync(command, args, options);
    await attempts(t, () => assert.equal(execFileSync(run[0], run.slice(1), options), block('text', '')));
  });
}
