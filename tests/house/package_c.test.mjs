// SPDX-License-Identifier: MIT
// C over the installed package: its sources are built and the README's program is linked with the README's own lines.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { install, pack } from './installed.mjs';
import { block, commandLine } from './readme.mjs';
import { environment } from './sources.mjs';

const PACKAGE = 'node_modules/wasyncio';

let options;

before(() => {
  const project = install(pack('package_c'));
  options = { cwd: project, encoding: 'utf8', env: { ...process.env, ...environment }, stdio: 'pipe' };
  writeFileSync(join(project, 'program.c'), block('c', 'int main(void)'));
});

const lineFor = (library) => {
  const lines = block('sh', `-S ${PACKAGE}`).split('\n');
  return lines.find((line) => line.includes(library));
};

for (const [library, compiler, ...run] of [
  ['build/wasm', 'emcc', process.execPath, 'program.js'],
  ['build/native', 'gcc', './program'],
]) {
  test(`the README's program, built with ${compiler} over the installed package, prints what the README says`, () => {
    execFileSync('sh', ['-c', lineFor(library)], options);
    const [command, ...args] = commandLine(`${compiler} -O`, PACKAGE, 'build');
    execFileSync(command, args, options);
    assert.equal(execFileSync(run[0], run.slice(1), options), block('text', ''));
  });
}
