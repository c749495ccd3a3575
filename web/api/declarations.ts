// SPDX-License-Identifier: MIT
// The exports of a loaded program as TypeScript declares them. For `npx wasyncio types`.
import { recordsOf, type Record_ } from './exports.js';
import type { Parameter } from './parameters.js';
import type { Runtime } from './runtime.js';

// What C may name a parameter and TypeScript may not.
const RESERVED =
  /^(arguments|await|catch|class|const|debugger|delete|enum|eval|export|extends|false|finally|function|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|static|super|this|throw|true|try|typeof|var|with|yield)$/;

const parameter = ({ name, type }: Parameter) => `${RESERVED.test(name) ? `${name}_` : name}: ${type.parameter}`;

const signature = ({ name, parameters, result, generates }: Record_) =>
  `${name}(${parameters.map(parameter).join(', ')}): ${generates ? 'ExportedGenerator' : 'Coroutine'}<${result.result}>;`;

const HEAD = '// Written by `npx wasyncio types` from what the program says of its exports.\n';

// What a file with `export =` imports of a package of ECMAScript modules must say so.
const imports = (records: readonly Record_[], attribute: string) => {
  const names = ['Coroutine', ...(records.some(({ generates }) => generates) ? ['ExportedGenerator'] : []), 'ModuleFactory'];
  return `import type { ${names.join(', ')} } from 'wasyncio'${attribute};\n\n`;
};

const interfaceOf = (records: readonly Record_[], indent: string) =>
  [
    `${indent}/** What asyncio.load() gives: each call is a coroutine, which runs once it is awaited or made a task. */`,
    `${indent}export interface Exports {`,
    ...records.map((record) => `${indent}  ${signature(record)}`),
    `${indent}}\n`,
  ].join('\n');

/** A .d.ts for the file of a loaded program, which is an ECMAScript module or, if `commonjs`, one of the older kind. */
export function declarations(program: Runtime, commonjs = false): string {
  const records = recordsOf.get(program) ?? [];
  if (!commonjs)
    return (
      `${HEAD}${imports(records, '')}${interfaceOf(records, '')}\n` +
      'declare const createModule: ModuleFactory<Exports>;\nexport default createModule;\n'
    );
  return (
    `${HEAD}${imports(records, " with { 'resolution-mode': 'import' }")}` +
    `declare namespace createModule {\n${interfaceOf(records, '  ')}}\n\n` +
    'declare const createModule: ModuleFactory<createModule.Exports>;\nexport = createModule;\n'
  );
}
