// SPDX-License-Identifier: MIT
// The public headers and the package's types are the manual: every name has an entry there, and a test that uses it. A
// line of declarations that belong together may have one entry above the first.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { build, filesUnder, linesOf, read } from './sources.mjs';

// What a macro of almost the same name passes its options to: asyncio_run_with.
const BEHIND_A_MACRO = /_(with|in)$/;
const DECLARATION = /^(?!\s|\/\/|typedef|static)(?:#define |[\w\s*]*?\b)((?:asyncio|ASYNCIO)_(?!_)\w+)\(/;

const declarations = filesUnder('include').flatMap((file) =>
  linesOf(file).flatMap((line, index, lines) => {
    const name = DECLARATION.exec(line)?.[1];
    return name && !name.includes('__') && !BEHIND_A_MACRO.test(name) ? [{ file, name, index, lines }] : [];
  }),
);

// Up to the next empty line, or beside the declaration.
function hasEntry({ index, lines }) {
  if (lines[index].includes('//')) return true;
  for (let above = index - 1; above >= 0 && lines[above] !== ''; above--) if (lines[above].startsWith('//')) return true;
  return false;
}

const sayAll = (entries) => entries.map(({ file, name }) => `${file}: ${name}`).join('\n');

test('the headers declare what there is to look at', () => assert.ok(declarations.length > 150, String(declarations.length)));

test('every public function and macro of C has its entry in the manual', () => {
  assert.equal(sayAll(declarations.filter((each) => !hasEntry(each))), '');
});

test('every public function and macro of C is used by a test or a demo', () => {
  const used = new Set(filesUnder('tests', 'demo').filter((name) => /\.[ch]$/.test(name)).flatMap((name) => read(name).match(/\w+/g) ?? []));
  assert.equal(sayAll(declarations.filter(({ name }) => !used.has(name))), '');
});

// ---- The package, as TypeScript sees it

const folder = join(build, 'api');
const text = (name) => readFileSync(join(folder, name), 'utf8');

// Those that are types alone are only read.
function exported({ types }) {
  const lists = [...text('index.d.ts').matchAll(types ? /export (?:type )?\{([^}]*)\}/g : /export \{([^}]*)\}/g)];
  const constants = [...text('index.d.ts').matchAll(/export declare (?:const|function|class) (\w+)/g)].map(([, name]) => name);
  const named = lists.flatMap(([, list]) => list.split(',')).map((name) => name.trim().replace(/^.* as /, ''));
  return [...new Set([...constants, ...named])].filter(Boolean);
}

test('every export of the package has its entry in the manual', () => {
  const all = readdirSync(folder).filter((name) => name.endsWith('.d.ts')).map(text).join('\n');
  const bare = exported({ types: true }).filter((name) => {
    const declared = new RegExp(`^(?:export )?(?:declare )?(?:abstract )?(?:const|let|function|class|interface|type|enum) ${name}\\b`, 'gm');
    const places = [...all.matchAll(declared)];
    return !places.some(({ index }) => /\*\/\s*$/.test(all.slice(0, index)));
  });
  assert.equal(bare.join('\n'), '');
});

test('every export of the package is used by a test', () => {
  const used = new Set(filesUnder('tests/web', 'tests/browser', 'tests/conformance', 'demo').flatMap((name) => read(name).match(/\w+/g) ?? []));
  assert.equal(exported({ types: false }).filter((name) => !used.has(name)).join('\n'), '');
});
