// SPDX-License-Identifier: MIT
// The project's commands, each of which first brings the machine and the build up to date:
//   npm start       the main demo
//   npm test        everything there is to test; ends with "N passed, N failed"
//   npm run test:browsers   what runs in every engine; the README gets the table of it
//   npm run bench   the measurements
//   npm run demo    the demo page, on 127.0.0.1; $PORT is its port
// Node.js's own modules are enough for all of it; what needs npm's packages is imported once they are there.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

import { JSPI, JSPI_PROGRAMS, NATIVE, NATIVE_PROGRAMS, PROGRAMS, WASM, make, makePackage } from './tools/build.mjs';
import { coverage } from './tools/coverage.mjs';
import { environment, root } from './tools/paths.mjs';
import { CommandFailed, show } from './tools/process.mjs';
import { announce, pool, step } from './tools/progress.mjs';
import { TO_BROWSE, TO_RUN, TO_SHOW, TO_TEST, ensure, ensureNodes, ensurePackages } from './tools/setup.mjs';
import { cases, checklist, conformance, jspiPrograms, jspiTests, nodeTests, webPrograms } from './tools/suites.mjs';

const WIDTH = 2; // jobs at a time

function printResult(name, { passed, failed, details, table }, seconds) {
  const verdict = failed ? 'FAILED' : 'ok';
  const counts = passed + failed ? `${passed} passed, ${failed} failed` : '';
  console.log(`${verdict.padEnd(6)}  ${name.padEnd(29)} ${counts.padEnd(24)} ${seconds.toFixed(1).padStart(5)} s`);
  if (table) console.log(table);
  if (details) console.log(`${details}\n`);
}

// A job of the pool: it ends with a result whatever happens, since the other suites still have something to say.
const suite = (name, work) => async () => {
  const started = performance.now();
  let result;
  try {
    result = await step(name, work);
  } catch (error) {
    const known = error instanceof CommandFailed;
    result = { passed: 0, failed: 1, details: known ? error.message : error.stack };
  }
  printResult(name, result, (performance.now() - started) / 1e3);
  return result;
};

// A build alone has no cases of its own.
const building = (config, targets) => async (onLine) => {
  await make(config, targets, onLine);
  return { passed: 0, failed: 0 };
};

const buildingPackage = async (onLine) => {
  await makePackage(onLine);
  return { passed: 0, failed: 0 };
};

async function test() {
  await ensure(TO_TEST);
  await ensurePackages();
  await ensureNodes();
  const started = performance.now();
  const since = Date.now();
  const builds = [PROGRAMS, NATIVE_PROGRAMS].map((config) => suite(`build ${config.name}`, building(config, ['all'])));
  builds.push(suite(`build ${JSPI_PROGRAMS.name}`, building(JSPI_PROGRAMS, ['asyncio', 'asyncio_stackless', 'programs_web'])));
  builds.push(suite('build package', buildingPackage));
  const cCases = [...WASM, ...JSPI, ...NATIVE].map((config) => suite(`cases ${config.name}`, (onLine) => cases(config, onLine)));
  const first = await pool([...builds, ...cCases, suite('coverage', coverage)], WIDTH);
  // These look at what was built, and some of them at the clock.
  const looking = {
    'programs tests/web': webPrograms,
    'programs tests/web jspi': jspiPrograms,
    'node:test': nodeTests,
    'node:test jspi': jspiTests,
    engines: everyEngine,
    conformance,
  };
  const second = await pool(
    Object.entries(looking).map(([name, work]) => suite(name, work)),
    1,
  );
  // This one looks at what all the others have left.
  const last = await pool([suite('checklist', checklist(since))], 1);
  const sum = (key) => [...first, ...second, ...last].reduce((total, result) => total + result[key], 0);
  console.log(`All suites took ${((performance.now() - started) / 1e3).toFixed(0)} s; the logs are in build/logs`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') ? 1 : 0;
}

const everyEngine = async (onLine) => {
  const { engines } = await import('./tools/engines.mjs');
  const { table } = await import('./tools/engine_table.mjs');
  const result = await engines(onLine);
  return { ...result, table: table(result.engines) };
};

async function testBrowsers() {
  await ensure(TO_BROWSE);
  await ensurePackages();
  await ensureNodes();
  for (const config of [PROGRAMS, NATIVE_PROGRAMS])
    await announce(`Building ${config.name}`, (onLine) => make(config, ['all'], onLine));
  await announce(`Building ${JSPI_PROGRAMS.name}`, (onLine) => make(JSPI_PROGRAMS, ['programs_web'], onLine));
  await announce('Building the package', makePackage);
  const result = await suite('engines', everyEngine)();
  if (result.failed === 0) (await import('./tools/engine_table.mjs')).write(result.engines);
  console.log(`${result.passed} passed, ${result.failed} failed`);
  return result.failed ? 1 : 0;
}

async function runScript(script, target) {
  await ensure(TO_RUN);
  await announce('Building with Emscripten', (onLine) => make(PROGRAMS, [target], onLine));
  if (!existsSync(script)) throw new Error(`Expected ${relative(root, script)} to exist`);
  return show(process.execPath, [script], environment);
}

const start = () => runScript(join(root, 'demo/check_urls.mjs'), 'demo_check_urls');
async function bench() {
  await ensure(TO_SHOW);
  await ensurePackages();
  await ensureNodes();
  await announce('Building the package', makePackage);
  const overJspi = ['bench_coroutines', 'bench_compute_plain'];
  await announce('Building for JSPI', (onLine) => make(JSPI_PROGRAMS, overJspi, onLine));
  return runScript(join(root, 'tests/bench/run.mjs'), 'programs_bench');
}

async function demo() {
  await ensure(TO_SHOW);
  await ensurePackages();
  await announce('Building the package', makePackage);
  return runScript(join(root, 'demo/serve.mjs'), 'demo_page_tasks');
}

const COMMANDS = { start, test, 'test:browsers': testBrowsers, bench, demo };

async function main(name) {
  if (!Object.hasOwn(COMMANDS, name))
    throw new Error(`Expected one of ${Object.keys(COMMANDS).join(', ')}, got ${name}`);
  return COMMANDS[name]();
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  console.error(error instanceof CommandFailed || !process.env.DEBUG ? error.message : error.stack);
  process.exitCode = 1;
}
