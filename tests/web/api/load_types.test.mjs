// SPDX-License-Identifier: MIT
// What `wasyncio types` writes of a program is what TypeScript then checks, wrong arguments included; and what it says
// of what is no program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';

import { build, root } from '../../tools/paths.mjs';
import { compile } from '../compile.mjs';

const PLACE = 'load_types';
const MODULARIZE = ['-O1', '-sMODULARIZE', '-sALLOW_MEMORY_GROWTH'];
const folder = join(build, 'web-programs', PLACE);

function node(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder });
  return { status, output: stdout, errors: stderr };
}
const wasyncio = (...args) => node(join(root, 'web/cli/wasyncio.mjs'), ...args);

let program, reserved, generators;
before(() => {
  mkdirSync(folder, { recursive: true });
  program = compile('exports', MODULARIZE, PLACE);
  generators = compile('generators', MODULARIZE, PLACE);
  const forTheWeb = [...MODULARIZE, '-sEXPORT_ES6', '-sENVIRONMENT=web'];
  reserved = compile('reserved', forTheWeb, PLACE);
});

test('TypeScript knows the exports of a program, and what is no call of them', () => {
  for (const [file, declarations] of [
    [program, 'program.d.ts'],
    [reserved, 'reserved.d.mts'],
    [generators, 'generators.d.ts'],
  ])
    assert.deepEqual(wasyncio('types', file, '-o', declarations), { status: 0, output: '', errors: '' });
  copyFileSync(join(root, 'tests/web/api/load_types.mts'), join(folder, 'load_types.mts'));
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tests/web/api/tsconfig.json'), 'utf8'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['load_types.mts'] }));
  const { status, output } = node(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder);
  assert.equal(status, 0, output);
});

test('without -o the declarations go to standard output', () => {
  const { status, output } = wasyncio('types', reserved);
  assert.equal(status, 0);
  assert.match(output, /^ {2}delete\(function_: number, class_: string, in_: boolean\): Coroutine<number>;$/m);
  assert.match(output, /^ {2}then\(\): Coroutine<undefined>;$/m);
});

test('the command says how it is used, and what is wrong', () => {
  const usage = 'Usage: wasyncio types PROGRAM [-o FILE]';
  const help = wasyncio('--help');
  assert.equal(help.status, 0);
  assert.ok(help.output.includes(usage));
  assert.ok(wasyncio().errors.includes(usage));
  assert.ok(wasyncio('types').errors.startsWith(usage));
  assert.match(wasyncio('types', program, '--colour').errors, /Unknown option '--colour'/);
  const script = compile('plain_main', ['-O1'], PLACE);
  const silent = compile('plain_main', MODULARIZE, PLACE);
  writeFileSync(join(folder, 'empty.js'), '');
  for (const [file, words] of [
    ['missing.js', 'There is no missing.js\n'],
    ['empty.js', 'empty.js exports no function: link it with -sMODULARIZE\n'],
    [silent, 'The program exports nothing: define what JavaScript may call with ASYNCIO_EXPORT\n'],
  ]) {
    const { status, errors } = wasyncio('types', file);
    assert.deepEqual([status, errors], [1, words]);
  }
  assert.notEqual(wasyncio('types', script).status, 0);
  rmSync(dirname(program), { recursive: true });
});
