// SPDX-License-Identifier: MIT
// What the README shows, for tests to run: its programs, what they print, and its command lines.
import assert from 'node:assert/strict';
import { join } from 'node:path';

import { read } from './sources.mjs';

// The first block of the README that is marked with [language] and contains [words].
export function block(language, words) {
  const blocks = [...read('README.md').matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const found = blocks.find(([, mark, text]) => mark === language && text.includes(words));
  assert.ok(found, `README.md has no ${language} block with "${words}"`);
  return found[2];
}

// The README's command with [words] as a list, the package's folders being in [from] and the library in [build].
export function commandLine(words, from, build) {
  const line = block('sh', words).replaceAll('\\\n', ' ').split('\n')[0].replace(/ #.*/, '');
  const command = line.trim().split(/\s+/);
  const ours = command[0] === 'npx' ? [process.execPath, join(from, 'web/cli/wasyncio.mjs'), ...command.slice(2)] : command;
  return ours.map((word) => word.replace(/^(-I)?(include)/, `$1${from}/$2`).replace(/^build(?=\/)/, build));
}
