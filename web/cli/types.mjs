// SPDX-License-Identifier: MIT
// `wasyncio types` writes the .d.ts of a C program from the records of its exports. It makes the module as load() does,
// without main() and with the bytes of the .wasm at hand, so that what was linked for a page can be asked in Node too.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { Mistake } from './mistake.mjs';

export const HELP = `Usage: wasyncio types PROGRAM [-o FILE]

Writes the TypeScript declarations of PROGRAM, what emcc -sMODULARIZE has written, with
a function for each ASYNCIO_EXPORT. PROGRAM's .wasm must lie beside it.

  -o, --output FILE  where to write; standard output when left out
      --wasm FILE    the .wasm, when it lies elsewhere
  -h, --help         this
`;

const isModule = (text) => /(^|[;}\s])export\s*(default\b|\{)/.test(text.slice(-2000));

// Under a name that says what kind of module it is, whatever the folder's package.json says. The glue of emcc 3.1.6
// takes some of CommonJS's names to be there in either kind.
async function importCopy(file, text) {
  const folder = mkdtempSync(join(tmpdir(), 'wasyncio-'));
  const copy = join(folder, isModule(text) ? 'program.mjs' : 'program.cjs');
  Object.assign(globalThis, { require: createRequire(file), __filename: file, __dirname: dirname(file) });
  try {
    writeFileSync(copy, text);
    return (await import(pathToFileURL(copy))).default;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const quiet = { print() {}, printErr() {} };

const PACKAGE = new URL('../../build/api/index.js', import.meta.url);

/** The declarations of [program] as text. A Mistake when there is no such program, or it is not one of ours. */
export async function declare(program, wasm) {
  if (!existsSync(PACKAGE)) throw new Mistake('The package is not built: node web/cli/build.mjs does that');
  const { load, declarations } = await import(PACKAGE);
  const file = resolve(program);
  if (!existsSync(file)) throw new Mistake(`There is no ${program}`);
  const text = readFileSync(file, 'utf8');
  const binary = wasm ?? file.replace(/\.[mc]?js$/, '.wasm');
  const wasmBinary = existsSync(binary) ? { wasmBinary: readFileSync(binary) } : {};
  const create = await importCopy(file, text);
  if (typeof create !== 'function') throw new Mistake(`${program} exports no function: link it with -sMODULARIZE`);
  const app = await load(create, { ...quiet, noInitialRun: true, locateFile: (name) => name, ...wasmBinary });
  try {
    return declarations(app, !isModule(text));
  } finally {
    app.close();
  }
}

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  wasm: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
};

export async function types(args) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help) return process.stdout.write(HELP);
  const [program, ...others] = positionals;
  if (!program || others.length) throw new Mistake(HELP.trimEnd());
  const text = await declare(program, values.wasm);
  if (values.output) writeFileSync(values.output, text);
  else process.stdout.write(text);
}
