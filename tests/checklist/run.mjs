// SPDX-License-Identifier: MIT
// Holds CPython's tests against the logs of the latest run: node tests/checklist/run.mjs
// --since MILLISECONDS leaves out logs of before.
import { count, problems, readFiles, sentence } from './checklist.mjs';
import { ranTests } from './results.mjs';

const at = process.argv.indexOf('--since');
const files = readFiles();
const counts = count(files);
const found = problems(files, ranTests(at < 0 ? 0 : Number(process.argv[at + 1])));

for (const [file, [answered, all]] of Object.entries(counts.files))
  console.log(`${file.padEnd(26)} ${String(answered).padStart(4)} of ${String(all).padStart(4)}`);
for (const [reason, number] of Object.entries(counts.reasons))
  console.log(`  ${reason.padEnd(24)} ${String(number).padStart(4)}`);
for (const problem of found) console.log(`FAILED ${problem}`);
console.log(sentence(counts));
console.log(`${found.length ? 0 : 1} passed, ${found.length} failed`);
process.exitCode = found.length ? 1 : 0;
