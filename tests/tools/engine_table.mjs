// SPDX-License-Identifier: MIT
// What was verified in which engine, as the README has it: written by `npm run test:browsers` when all of it has
// passed, so that the README never says more than a run has shown.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PARTS } from './engines.mjs';
import { root } from './paths.mjs';

const README = join(root, 'README.md');
const BEGIN = '<!-- written by npm run test:browsers -->\n';
const END = '<!-- the end of what it writes -->';

const HEADS = {
  package: 'the package',
  life: 'a key meets 10,000 coroutines that spin',
};

function lifeOf({ figures, skipped }) {
  if (!figures) return skipped?.[0]?.reason ?? '';
  return figures
    .map(({ name, served, share, attempt }) => {
      const again = attempt > 1 ? ` (measured ${attempt} times)` : '';
      return `${name}: ${served.toFixed(1)} ms, ${(share * 100).toFixed(0)} %${again}`;
    })
    .join('<br>');
}

function cell(part, result) {
  if (!result) return '';
  if (result.failed) return `${result.failed} failed`;
  if (part === 'life') return lifeOf(result);
  const left = result.skipped.length ? `, ${result.skipped.length} left out` : '';
  return result.passed ? `${result.passed}${left}` : 'left out';
}

const rowOf = (cells) => `| ${cells.join(' | ')} |`;

// Each reason once, with the tests and the engines that it is about.
function reasons(engines) {
  const lines = new Map();
  for (const { title, version, parts } of engines)
    for (const { skipped } of Object.values(parts))
      for (const { name, reason } of skipped) {
        const key = `${name.replace(/^.* > /, '')}: ${reason}`;
        lines.set(key, [...(lines.get(key) ?? []), `${title} ${version.split('.')[0]}`]);
      }
  return [...lines].map(([words, titles]) => `- ${words} (${[...new Set(titles)].join(', ')})`);
}

/** The table in Markdown, and why what is left out is left out. */
export function table(engines) {
  const head = ['', ...PARTS.map((part) => HEADS[part] ?? part)];
  const rows = engines.map(({ title, version, parts }) => [
    `${title} ${version}`,
    ...PARTS.map((part) => cell(part, parts[part])),
  ]);
  return [rowOf(head), rowOf(head.map(() => '--')), ...rows.map(rowOf), '', 'Left out:', '', ...reasons(engines)].join('\n');
}

/** Puts the table into the README. */
export function write(engines) {
  const text = readFileSync(README, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`Expected the README to have ${BEGIN.trim()} and ${END}`);
  writeFileSync(README, `${text.slice(0, begin + BEGIN.length)}\n${table(engines)}\n\n${text.slice(end)}`);
}
