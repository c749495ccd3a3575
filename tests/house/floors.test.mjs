// SPDX-License-Identifier: MIT
// The floors of src/: a file includes from its own floor or from below, or a public header; only the core sees what a
// task is made of; what depends on the platform stays in the folders made for it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

import { filesUnder, isC, linesOf, root } from './sources.mjs';

const BELOW = {
  base: ['base'],
  port: ['base', 'port'],
  core: ['base', 'port', 'core'],
  async: ['base', 'port', 'core', 'async'],
  web: ['base', 'port', 'core', 'async', 'web'],
};
const PLATFORM =
  /__EMSCRIPTEN__|__wasm|__linux__|__unix__|__APPLE__|_WIN32|_WIN64|__FreeBSD__|__ANDROID__|__SANITIZE_|__has_feature/;
const MAY_ASK = [/^src\/port\//, /^src\/web\//, /^src\/base\/barrier\.h$/, /^src\/base\/pool\.c$/, /^include\//];

const floorOf = (name) => name.split('/')[1];

// The files of ours that [name] includes, by their paths from the root.
function includesOf(name) {
  const wanted = linesOf(name)
    .map((line) => line.match(/^\s*#\s*include\s+"(.+)"/)?.[1])
    .filter(Boolean);
  return wanted.map((path) => {
    const beside = normalize(join(dirname(name), path));
    return existsSync(join(root, beside)) ? beside : join('include', path);
  });
}

function strayIncludes(name) {
  const allowed = BELOW[floorOf(name)];
  return includesOf(name).filter(
    (included) => !included.startsWith('include/') && !allowed?.includes(floorOf(included)),
  );
}

const sources = filesUnder('src').filter(isC);

test('a file of src/ includes from its own floor or below', () => {
  const stray = sources.flatMap((name) => strayIncludes(name).map((included) => `${name} includes ${included}`));
  assert.deepEqual(stray, []);
});

test('what is included exists', () => {
  const lost = sources.flatMap((name) => includesOf(name).filter((path) => !existsSync(join(root, path))));
  assert.deepEqual(lost, []);
});

test('every folder of src/ is a floor', () => {
  const folders = new Set(sources.map(floorOf));
  assert.deepEqual(
    [...folders].filter((folder) => !(folder in BELOW)),
    [],
  );
});

test('only src/core includes core/task.h', () => {
  const curious = sources.filter((name) => floorOf(name) !== 'core' && includesOf(name).includes('src/core/task.h'));
  assert.deepEqual(curious, []);
});

test('only src/port, src/web and the public headers ask for the platform', () => {
  const asks = (line) => /^\s*#\s*(if|ifdef|ifndef|elif)\b/.test(line) && PLATFORM.test(line);
  const elsewhere = filesUnder('src', 'include').filter((name) => !MAY_ASK.some((place) => place.test(name)));
  const found = elsewhere.filter(isC).flatMap((name) =>
    linesOf(name)
      .filter(asks)
      .map((line) => `${name}: ${line}`),
  );
  assert.deepEqual(found, []);
});
