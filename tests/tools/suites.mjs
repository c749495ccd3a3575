// SPDX-License-Identifier: MIT
// The suites: what is run once it is built. Each gives {passed, failed, details}, the details being what to read on failure.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { make } from './build.mjs';
import { build, environment, logs, node, root, tree } from './paths.mjs';
import { run, tail } from './process.mjs';

const NO_FETCH = join(root, 'tests/tools/no_fetch.cjs');
const SANITIZERS = { ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' };
const PROGRAM_LIMIT = 60; // seconds
const CONFORMANCE = ['--count', '400'];
const NODE_TEST_FOLDERS = [
  'tests/web',
  'tests/web/api',
  'tests/browser',
  'tests/demo',
  'tests/house',
  'tests/conformance',
  'tests/checklist',
];

const filesIn = (folder, ending) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((name) => name.endsWith(ending))
        .sort()
    : [];

const countLines = (output, word) => output.split('\n').filter((line) => line.startsWith(`${word} `)).length;

// What a program's last line says. One that died before it said so has failed once more than it reported.
function judge({ status, output }) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  const passed = Number(last?.[1] ?? countLines(output, 'ok'));
  const known = Number(last?.[2] ?? countLines(output, 'FAILED'));
  const failed = last ? known || Number(status !== 0) : known + 1;
  const notable = output
    .split('\n')
    .filter((line) => !line.startsWith('ok '))
    .join('\n');
  return { passed, failed, details: failed ? `${tail(notable, 60)}\n(status ${status})` : '' };
}

// All C cases in one configuration.
export async function cases(config, onLine) {
  await make(config, ['asyncio_tests'], onLine);
  const program = join(tree(config.name), 'tests/asyncio_tests');
  const options = { env: SANITIZERS, onLine, limit: PROGRAM_LIMIT };
  if (!config.emscripten) return judge(await run(program, [], { ...options, log: logs(config.name) }));
  const results = [];
  for (const name of config.nodes ?? ['node']) {
    const command = config.nodes ? node(name) : process.execPath;
    const log = logs(config.nodes ? `${config.name}.${name}` : config.name);
    const result = judge(await run(command, ['-r', NO_FETCH, `${program}.js`], { ...options, log }));
    results.push({ ...result, details: result.details && `${name}:\n${result.details}` });
  }
  return add(results);
}

function add(results) {
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failed: results.reduce((sum, result) => sum + result.failed, 0),
    details: results
      .map((result) => result.details)
      .filter(Boolean)
      .join('\n'),
  };
}

// tests/web/NAME.c, one after another: they measure time.
export async function webPrograms(onLine) {
  const results = [];
  for (const file of filesIn('tests/web', '.c')) {
    const name = basename(file, '.c');
    const options = { log: logs(`web.${name}`), onLine, limit: PROGRAM_LIMIT };
    const result = judge(await run(process.execPath, [join(build, 'web', `${name}.js`)], options));
    results.push({ ...result, details: result.details && `tests/web/${file}:\n${result.details}` });
  }
  return add(results);
}

// Random programs of a fresh seed, which is printed, compared with CPython's asyncio.
export async function conformance(onLine) {
  const args = [join(root, 'tests/conformance/run.mjs'), ...CONFORMANCE];
  const result = await run(process.execPath, args, { log: logs('conformance'), env: environment, onLine, cwd: root });
  return { ...judge(result), table: result.output.match(/^seed \d+: .*$/m)?.[0] };
}

// CPython's own tests, held against those of ours that ran since [since] (milliseconds).
export const checklist = (since) => async (onLine) => {
  const args = [join(root, 'tests/checklist/run.mjs'), '--since', String(since)];
  const result = await run(process.execPath, args, { log: logs('checklist'), env: environment, onLine, cwd: root });
  const table = result.output.split('\n').filter((line) => /^(test_| {2}\w|Of \d)/.test(line));
  return { ...judge(result), table: table.join('\n') };
};

// The numbers at the end of a TAP stream.
function countTap(text) {
  const count = (word) => Number([...text.matchAll(new RegExp(`^# ${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail') + count('cancelled') };
}

// What node:test finds in our folders.
export async function nodeTests(onLine) {
  const files = NODE_TEST_FOLDERS.flatMap((folder) =>
    filesIn(folder, '.test.mjs').map((name) => join(root, folder, name)),
  );
  if (files.length === 0) return add([]);
  const tap = logs('node.tap');
  const reporters = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${tap}`,
  ];
  const options = { log: logs('node'), env: environment, onLine, cwd: root };
  const { status, output } = await run(process.execPath, ['--test', ...reporters, ...files], options);
  const { passed, failed } = countTap(readFileSync(tap, 'utf8'));
  const failures = output.slice(Math.max(output.indexOf('failing tests:'), 0));
  return { passed, failed: failed || Number(status !== 0), details: status ? tail(failures, 80) : '' };
}
