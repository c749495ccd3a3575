// SPDX-License-Identifier: MIT
// The project's own files, as the house tests read them.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { build as defaultBuild, environment, root } from '../tools/paths.mjs';

export const build = process.env.ASYNCIO_BUILD ?? defaultBuild;
export { environment, root };

const TEXT = /\.(c|h|S|js|mjs|cjs|ts|mts|html|css|md|txt|flags|json)$/;

// The files under [folders], by their paths from the root.
export function filesUnder(...folders) {
  const names = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
  );
  return names
    .filter((name) => TEXT.test(name) && !name.includes('node_modules') && statSync(join(root, name)).isFile())
    .sort();
}

export const isC = (name) => /\.[ch]$/.test(name);

export const read = (name) => readFileSync(join(root, name), 'utf8');

// Lines without the line end after the last.
export const linesOf = (name) => read(name).replace(/\n$/, '').split('\n');

// The functions of C code in the house's format: a signature that ends in ") {", up to a "}" at the start of a line.
export function functionsOf(lines) {
  const found = [];
  let start = -1;
  lines.forEach((line, index) => {
    if (start < 0 && /^[^#/].*\) \{$/.test(line)) start = index;
    if (start < 0 || !line.startsWith('}')) return;
    found.push({ line: start + 1, length: index - start + 1, signature: lines[start].trim() });
    start = -1;
  });
  return found;
}
