// SPDX-License-Identifier: MIT
// What is run in a page: test files of the package, and programs of emcc's. Each has a page of its own, as each has a
// process of its own in Node.js. The outcome is {passed, failed, skipped: [{name, reason}], details}.
import { liveliness } from './liveliness.mjs';

const LIMIT = 300; // seconds, for one page

function limited(promise, name) {
  let timer;
  const limit = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} took longer than ${LIMIT} s`)), LIMIT * 1e3);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

const outcomeOf = (page, name) => limited(page.evaluate(() => window.outcome), name);

/** What became of tests {name, error, skip}. */
export const summary = (tests) => ({
  passed: tests.filter(({ error, skip }) => !error && !skip).length,
  failed: tests.filter(({ error }) => error).length,
  skipped: tests.filter(({ skip }) => skip).map(({ name, skip }) => ({ name, reason: skip })),
  details: tests
    .filter(({ error }) => error)
    .map(({ name, error }) => `${name}:\n${error}`)
    .join('\n'),
});

/** Runs test files, whose paths are from the project's root. */
export async function testFiles(page, url, files, onLine) {
  const tests = [];
  for (const file of files) {
    onLine(file);
    await page.goto(`${url}run?file=${file}`);
    const found = await outcomeOf(page, file);
    tests.push(...(found.length ? found : [{ name: file, error: 'It has no tests' }]));
  }
  return summary(tests);
}

/** Runs a program; gives its {status, output}. */
export async function program(page, url, path) {
  await page.goto(`${url}program?path=${path}`);
  return outcomeOf(page, path);
}

/** How the page lives while coroutines spin; `figures` has the numbers for each kind. */
export async function life(page, url) {
  const kinds = await liveliness(page, url);
  return { ...summary(kinds), figures: kinds };
}
