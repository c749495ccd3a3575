// SPDX-License-Identifier: MIT
// The same tests in every engine that programs are for: three browsers, headless, and four versions of Node.js.
//   package    tests/web/api: what the JavaScript package promises
//   cases      the C cases, over each of BACKENDS: the same program in every engine
//   programs   tests/web, over each too: C on the engine's own loop, with its promises and timers
//   demos      browsers: the demo page at two widths, and programs in a page; Node.js: the programs of demo/
//   life       browsers: how soon a key is served while 10,000 coroutines spin
// Each part gives {passed, failed, skipped, details}. What looks at the clock runs alone; the demo page, which mostly
// waits for it, is looked at in all browsers at once, beside what the versions of Node.js have to compute.
import { basename, join, relative } from 'node:path';

import { BROWSERS } from '../browser/engines.mjs';
import { life, program, testFiles as testFilesInPage } from '../browser/in_page.mjs';
import { serve } from '../browser/serve.mjs';
import { JSPI, WASM, make } from './build.mjs';
import { ask, run } from './process.mjs';
import { build, logs, node, tree } from './paths.mjs';
import { pool } from './progress.mjs';
import { NO_FETCH, PROGRAM_LIMIT, add, filesIn, judge, testFiles } from './suites.mjs';

// How coroutines are switched: the configuration of its cases, where its programs are, which engines do not have it,
// and what it cannot do.
const BACKENDS = [
  {
    name: 'Asyncify',
    config: WASM.find(({ name }) => name === 'wasm-O3'),
    folder: join(build, 'web'),
    lacking: {},
    without: {},
  },
  {
    name: 'JSPI',
    config: JSPI.find(({ name }) => name === 'jspi-O3'),
    folder: join(build, 'jspi/web'),
    lacking: { webkit: 'it has no JSPI', node20: 'it has no JSPI', node22: 'it has no JSPI' },
    without: { hundred_thousand: 'so many stacks at once are more than any engine has' },
  },
];

const NODES = { node20: process.execPath, node22: node('node22'), node24: node('node24'), node26: node('node26') };

// Files that have nothing to do with the engine.
const WITHOUT_PAGE = {
  'types.test.mjs': "runs TypeScript's compiler, on Node.js",
  'stuck.test.mjs': 'programs that Node.js ends',
  'load_types.test.mjs': "runs the package's command and TypeScript's compiler, on Node.js",
};

export const PARTS = ['package', ...BACKENDS.flatMap(({ name }) => [`cases, ${name}`, `programs, ${name}`]), 'demos', 'life'];

const packageFiles = () => filesIn('tests/web/api', '.test.mjs');
const programsOf = ({ without, folder }) =>
  filesIn('tests/web', '.c')
    .map((file) => basename(file, '.c'))
    .filter((name) => !Object.hasOwn(without, name))
    .map((name) => join(folder, `${name}.js`));
const reasonsOf = ({ without }) => Object.entries(without).map(([name, reason]) => ({ name, reason }));
const casesOf = ({ config }) => join(tree(config.name), 'tests/asyncio_tests.js');

const nothing = { passed: 0, failed: 0, skipped: [], details: '' };
const merge = (results) => ({ ...add(results), skipped: results.flatMap(({ skipped }) => skipped) });
const skip = (name, reason) => ({ ...nothing, skipped: [{ name, reason }] });

// [runOne] gives {status, output} of a program.
async function programs(paths, runOne) {
  const results = [];
  for (const path of paths) {
    const result = judge(await runOne(path));
    results.push({ ...result, details: result.details && `${relative(build, path)}:\n${result.details}` });
  }
  return { ...add(results), skipped: [] };
}

// What is written in C, over each backend.
async function allOfC(engine, runOne) {
  const parts = {};
  for (const backend of BACKENDS) {
    const reason = backend.lacking[engine];
    const attempt = (paths) => (reason ? skip('all of it', reason) : guarded(() => programs(paths, runOne)));
    parts[`cases, ${backend.name}`] = await attempt([casesOf(backend)]);
    const found = await attempt(programsOf(backend));
    parts[`programs, ${backend.name}`] = reason ? found : { ...found, skipped: reasonsOf(backend) };
  }
  return parts;
}

// What fails to start fails once, and the other parts still have something to say.
async function guarded(work) {
  try {
    return await work();
  } catch (error) {
    return { ...nothing, failed: 1, details: error.stack };
  }
}

async function packageInPage(page, url, onLine) {
  const files = packageFiles().filter((file) => !Object.hasOwn(WITHOUT_PAGE, basename(file)));
  const result = await testFilesInPage(page, url, files, onLine);
  const left = Object.entries(WITHOUT_PAGE).map(([name, reason]) => ({ name, reason }));
  return { ...result, skipped: [...result.skipped, ...left] };
}

async function inBrowser(name, onLine) {
  const page = await BROWSERS[name].open();
  const server = await serve(page);
  const note = (line) => onLine(`${name}: ${line}`);
  const runOne = (path) => {
    note(path);
    return program(page, server.url, `build/${relative(build, path)}`);
  };
  try {
    const parts = {
      package: await guarded(() => packageInPage(page, server.url, note)),
      ...(await allOfC(name, runOne)),
      life: await guarded(() => life(page, server.url)),
    };
    return { title: BROWSERS[name].title, version: page.version, parts };
  } finally {
    await page.close();
    server.close();
  }
}

const browser = async (name, onLine) => {
  try {
    return await inBrowser(name, onLine);
  } catch (error) {
    return { title: BROWSERS[name].title, version: '?', parts: { package: await guarded(() => Promise.reject(error)) } };
  }
};

// A file of tests/browser, which opens the browser itself.
const browserTests = (name, file, onLine) =>
  guarded(() =>
    testFiles([`tests/browser/${file}.test.mjs`], {
      name: `${name}.${file}`,
      onLine: (line) => onLine(`${name}: ${line}`),
      env: { ASYNCIO_BROWSER: name },
    }),
  );

const testsIn = (name, part, files, onLine) =>
  guarded(() => testFiles(files, { name: `${name}.${part}`, onLine, command: NODES[name] }));

async function inNode(name, onLine) {
  const command = NODES[name];
  const runOne = (path) => {
    const args = path.includes('/cmake/') ? ['-r', NO_FETCH, path] : [path];
    return run(command, args, { log: logs(`${name}.${relative(build, path).replaceAll('/', '.')}`), onLine, limit: PROGRAM_LIMIT });
  };
  const parts = {
    package: await testsIn(name, 'package', packageFiles(), onLine),
    ...(await allOfC(name, runOne)),
  };
  return { title: 'Node.js', version: ask(command, ['--version']).slice(1), parts };
}

// Adds what [run] gives for each engine to its demos.
async function addDemos(engines, names, width, run) {
  const results = await pool(names.map((name) => () => run(name)), width);
  results.forEach((result, index) => {
    const { parts } = engines[index];
    parts.demos = parts.demos ? merge([parts.demos, result]) : result;
  });
}

// Everything in every engine: [{title, version, parts}], the browsers first.
async function runAll(onLine) {
  const [browserNames, nodeNames] = [Object.keys(BROWSERS), Object.keys(NODES)];
  const browsers = await pool(browserNames.map((name) => () => browser(name, onLine)), 1);
  await addDemos(browsers, browserNames, 1, (name) => browserTests(name, 'page', onLine));
  const demos = filesIn('tests/demo', '.test.mjs');
  const clocked = nodeNames.map(() => ({ parts: {} }));
  await addDemos(clocked, nodeNames, 1, (name) => testsIn(name, 'demos', demos, onLine));
  const [nodes] = await Promise.all([
    pool(nodeNames.map((name) => () => inNode(name, onLine)), 1),
    addDemos(browsers, browserNames, browserNames.length, (name) => browserTests(name, 'demo', onLine)),
  ]);
  nodes.forEach(({ parts }, index) => Object.assign(parts, clocked[index].parts));
  return [...browsers, ...nodes];
}

const partsOf = (engines) =>
  engines.flatMap(({ title, version, parts }) =>
    Object.entries(parts).map(([part, result]) => ({ ...result, label: `${title} ${version}, ${part}` })),
  );

// The suite: {passed, failed, details, engines}.
export async function engines(onLine) {
  for (const { config } of BACKENDS) await make(config, ['asyncio_tests'], onLine);
  const all = await runAll(onLine);
  const parts = partsOf(all).map((part) => ({ ...part, details: part.details && `${part.label}:\n${part.details}` }));
  return { ...add(parts), engines: all };
}
