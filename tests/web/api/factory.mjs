// SPDX-License-Identifier: MIT
// Programs of tests/web/programs, linked as users link them to be loaded. In a page tests/browser/stand_ins/factory.mjs
// is in the place of this file.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { compile } from '../compile.mjs';

// What makes the module of programs/NAME.c.
export async function factory(name, place, flags = ['-O3'], over) {
  const all = ['-sALLOW_MEMORY_GROWTH', '-sMODULARIZE', ...flags];
  const program = compile(name, all, place, over);
  const { default: create } = await import(pathToFileURL(program));
  return Object.assign(create, { program, wasm: () => readFileSync(program.replace(/\.m?js$/, '.wasm')) });
}
