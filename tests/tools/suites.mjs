// SPDX-License-Identifier: MIT
// The suites: what is run once it is built. Each gives {passed, failed, details}, the details being what to read on
// failure.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { make } from './build.mjs';
import { build, environment, logs, node, root, tree } from './paths.mjs';
import { run, tail } from './process.mjs';

export const NO_FETCH = join(root, 'tests/tools/no_fetch.cjs');
const SANITIZERS = { ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' };
export const PROGRAM_LIMIT = 300; // seconds: only what hangs takes so long, on a busy machine too
const CONFORMANCE = ['--count', '400'];
const NODE_TEST_FOLDERS = [
  'tests/web',
  'tests/web/api',
  'tests/demo',
  'tests/house',
  'tests/conformance',
  'tests/checklist',
];

// Their paths from the root.
export const filesIn = (folder, ending) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);

const countLines = (output, word) => output.split('\n').filter((line) => line.startsWith(`${word} `)).length;

// What a program's last line says. One that died before it said so has failed once more than it reported.
export function judge({ status, output }) {
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

export function add(results) {
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failed: results.reduce((sum, result) => sum + result.failed, 0),
    details: results
      .map((result) => result.details)
      .filter(Boolean)
      .join('\n'),
  };
}

// tests/web/NAME.c as they lie in [folder], one after another: they measure time.
async function runWebPrograms(command, folder, files, onLine) {
  const results = [];
  for (const file of files) {
    const name = basename(file, '.c');
    const options = { log: logs(`web.${basename(folder)}.${name}`), onLine, limit: PROGRAM_LIMIT };
    const result = judge(await run(command, [join(folder, `${name}.js`)], options));
    results.push({ ...result, details: result.details && `${command} ${file}:\n${result.details}` });
  }
  return add(results);
}

export const webPrograms = (onLine) =>
  runWebPrograms(process.execPath, join(build, 'web'), filesIn('tests/web', '.c'), onLine);

// The same over JSPI. A hundred thousand stacks at once are more than engines have: stack_limit.c has what they do
// have.
export async function jspiPrograms(onLine) {
  const files = filesIn('tests/web', '.c').filter((file) => basename(file) !== 'hundred_thousand.c');
  const results = [];
  for (const name of ['node24', 'node26'])
    results.push(await runWebPrograms(node(name), join(build, 'jspi/web'), files, onLine));
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

// What a TAP stream says: the numbers at its end, and why tests were skipped.
function readTap(text) {
  const count = (word) => Number([...text.matchAll(new RegExp(`^# ${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  const skipped = [...text.matchAll(/^ *ok \d+ - (.*) # SKIP (.*)$/gm)].map(([, name, reason]) => ({ name, reason }));
  return { passed: count('pass'), failed: count('fail') + count('cancelled'), skipped };
}

// Has node:test run [files], by another Node.js ([command]) if need be; what it says is left in the logs [name].
export async function testFiles(files, { name, onLine, command = process.execPath, env = {} }) {
  const tap = logs(`${name}.tap`);
  const reporters = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${tap}`,
  ];
  const options = { log: logs(name), env: { ...environment, ...env }, onLine, cwd: root };
  const { status, output } = await run(command, ['--test', ...reporters, ...files], options);
  const { passed, failed, skipped } = readTap(readFileSync(tap, 'utf8'));
  const failures = output.slice(Math.max(output.indexOf('failing tests:'), 0));
  return { passed, failed: failed || Number(status !== 0), skipped, details: status ? tail(failures, 80) : '' };
}

const testsIn = (folder) => filesIn(folder, '.test.mjs');

// What node:test finds in our folders.
export const nodeTests = (onLine) => testFiles(NODE_TEST_FOLDERS.flatMap(testsIn), { name: 'node', onLine });

// Those of them that are about programs of C, over JSPI.
export const jspiTests = (onLine) => {
  const files = [...testsIn('tests/web'), ...testsIn('tests/web/api')].filter((file) =>
    /^(main|load_\w+|load)\.test\.mjs$/.test(basename(file)),
  );
  const env = { ASYNCIO_BACKEND: 'jspi' };
  return testFiles(files, { name: 'node.jspi', onLine, command: node('node24'), env });
};
