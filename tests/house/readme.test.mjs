// SPDX-License-Identifier: MIT
// The README's programs: built with the README's own command line, it prints what the README says.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { build, environment, read, root } from './sources.mjs';

// The first block of the README that is marked with [language] and contains [words].
function block(language, words) {
  const blocks = [...read('README.md').matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const found = blocks.find(([, mark, text]) => mark === language && text.includes(words));
  assert.ok(found, `README.md has no ${language} block with "${words}"`);
  return found[2];
}

// The README's paths from the root, seen from the folder that the program is in.
function commandLine(compiler) {
  const command = block('sh', compiler).replaceAll('\\\n', ' ').split('\n')[0].trim().split(/\s+/);
  return command.map((word) => word.replace(/^(-I)?(include|web)/, `$1${root}/$2`).replace(/^build/, build));
}

test("the README's JavaScript prints what the README says", () => {
  const folder = join(build, 'house/readme');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'program.mjs'), block('js', "from 'wasyncio'"));
  const printed = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
  assert.equal(printed, block('text', 'TimeoutError: true'));
});

for (const [line, ...run] of [
  ['libasyncio_stackless.a', process.execPath, 'program.js'],
  ['emcc', process.execPath, 'program.js'],
  ['gcc', './program'],
]) {
  test(`the README's stackless program, built with the line of ${line}, prints what the README says`, () => {
    const folder = join(build, 'house/readme', `stackless-${line}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'program.c'), block('c', 'ASYNCIO_MAIN('));
    const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } };
    const [command, ...args] = commandLine(line);
    execFileSync(command, args, options);
    assert.equal(execFileSync(run[0], run.slice(1), options), block('text', 'run_both'));
  });
}

for (const [compiler, ...run] of [
  ['emcc', process.execPath, 'program.js'],
  ['gcc', './program'],
]) {
  test(`the README's program, built with ${compiler}, prints what the README says`, () => {
    const folder = join(build, 'house/readme', compiler);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'program.c'), block('c', 'int main(void)'));
    const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } };
    const [command, ...args] = commandLine(compiler);
    execFileSync(command, args, options);
    assert.equal(execFileSync(run[0], run.slice(1), options), block('text', ''));
  });
}
