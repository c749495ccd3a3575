// SPDX-License-Identifier: MIT
// What ran, from the logs that the suites leave: the C cases print "ok NAME", node:test writes TAP. A test that ran in
// several configurations has passed if it passed in all of them.
import { existsSync, readFileSync, statSync } from 'node:fs';

import { NATIVE, WASM } from '../tools/build.mjs';
import { logs } from '../tools/paths.mjs';

const CASE = /^(ok|FAILED) (\w+)$/gm;
const TAP = /^ *(ok|not ok) \d+ - (.*?)(?: # .*)?$/gm;

function add(results, text, pattern) {
  for (const [, verdict, name] of text.matchAll(pattern)) {
    const plain = name.replace(/\\([\\#])/g, '$1');
    results.set(plain, verdict === 'ok' && results.get(plain) !== false);
  }
}

// A map from the names of tests to whether they passed; logs written before [since] (milliseconds) belong to another
// run.
export function ranTests(since = 0) {
  const results = new Map();
  const read = (name, pattern) => {
    const file = logs(name);
    if (existsSync(file) && statSync(file).mtimeMs >= since) add(results, readFileSync(file, 'utf8'), pattern);
  };
  for (const { name } of [...NATIVE, ...WASM]) read(name, CASE);
  read('node.tap', TAP);
  return results;
}

// The same of text, for a test of this file.
export function resultsOf(cases, tap) {
  const results = new Map();
  add(results, cases, CASE);
  add(results, tap, TAP);
  return results;
}
