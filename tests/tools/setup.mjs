// SPDX-License-Identifier: MIT
// What must be on the machine before anything can be built. On Debian what is missing is installed through apt;
// elsewhere the person is told what to install.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { logs, nodes, root } from './paths.mjs';
import { ask, mustRun, run } from './process.mjs';
import { announce } from './progress.mjs';

const OLDEST_NODE = [20, 19]; // what Vite needs; the package itself runs in 20.0

const onPath = (name) => process.env.PATH.split(':').some((folder) => existsSync(join(folder, name)));

function sanitizersOfClang() {
  const folder = ask('clang', ['--print-runtime-dir']);
  return (
    Boolean(folder) && existsSync(folder) && readdirSync(folder).some((file) => file.startsWith('libclang_rt.asan'))
  );
}

const makeOrNinja = () => onPath('make') || onPath('ninja');

// Each tool: the packages it comes in (Debian 12's names), and whether it is there.
const TOOLS = {
  cmake: { packages: ['cmake'], present: () => onPath('cmake') },
  make: { packages: ['make'], present: makeOrNinja },
  emscripten: { packages: ['emscripten'], present: () => onPath('emcc') && onPath('em-config') },
  binaryen: { packages: ['binaryen'], present: () => onPath('wasm-opt') && onPath('wasm-metadce') },
  gcc: { packages: ['gcc', 'libc6-dev'], present: () => onPath('gcc') && existsSync('/usr/include/stdio.h') },
  'g++': { packages: ['g++'], present: () => onPath('g++') },
  clang: { packages: ['clang'], present: () => onPath('clang') },
  chromium: { packages: ['chromium'], present: () => onPath('chromium') },
  firefox: { packages: ['firefox-esr'], present: () => onPath('firefox-esr') },
  webkit: { packages: ['webkit2gtk-driver'], present: () => onPath('WebKitWebDriver') },
  xvfb: { packages: ['xvfb'], present: () => onPath('Xvfb') },
  sanitizers: { packages: ['libclang-rt-14-dev'], present: sanitizersOfClang },
};

export const TO_RUN = ['cmake', 'make', 'emscripten'];
export const TO_SHOW = [...TO_RUN, 'binaryen'];
export const TO_COMPARE = [...TO_SHOW, 'gcc', 'clang', 'sanitizers'];
export const TO_BROWSE = [...TO_SHOW, 'gcc', 'chromium', 'firefox', 'webkit', 'xvfb'];
export const TO_TEST = Object.keys(TOOLS);

const missing = (tools) => tools.filter((tool) => !TOOLS[tool].present());

// The words that put apt-get into the hands of root, or undefined.
function rootly() {
  if (!onPath('apt-get')) return undefined;
  if (process.getuid() === 0) return [];
  if (!onPath('sudo')) return undefined;
  const mayAsk = process.stdin.isTTY;
  return mayAsk || ask('sudo', ['-n', 'true']) !== undefined ? ['sudo'] : undefined;
}

// Hands apt-get's [args] to [runner] (run or mustRun).
function aptGet(runner, words, args, onLine) {
  const [command, ...rest] = [...words, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
  return runner(command, rest, { log: logs(`apt-get.${args[0]}`), onLine, limit: 3600, stdin: 'inherit' });
}

async function install(words, packages) {
  await announce(`Installing ${packages.join(' ')} (apt-get)`, async (onLine) => {
    // Some of the lists may be out of reach, and the others still have what we need: only the second must succeed.
    await aptGet(run, words, ['update'], onLine);
    await aptGet(mustRun, words, ['install', '-y', '--no-install-recommends', ...packages], onLine);
  });
}

function explain(packages) {
  const names = packages.join(' ');
  return new Error(
    `These are missing: ${names} (Debian's names of the packages).\n` +
      `Install them, as root on Debian or Ubuntu with\n  apt-get update && apt-get install -y ${names}\nand run this again.`,
  );
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(
    `Expected Node.js ${OLDEST_NODE.join('.')} or later, got ${process.versions.node}: install a newer one`,
  );
}

// What the lock file in [folder] names.
async function installPackages(folder, title, flags) {
  const { devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (Object.keys(devDependencies).every((name) => existsSync(join(folder, 'node_modules', name)))) return;
  await announce(title, (onLine) =>
    mustRun('npm', ['ci', '--no-audit', '--no-fund', ...flags], { cwd: folder, log: logs('npm'), onLine }),
  );
}

// The npm packages that build and check; none of them is ever shipped.
export const ensurePackages = () => installPackages(root, 'Installing npm packages (npm ci)', []);

// The versions of Node.js that are tested besides the one that runs us.
export const ensureNodes = () =>
  installPackages(nodes, 'Installing Node.js 22, 24 and 26 (npm ci)', ['--no-bin-links']);

// Makes sure that [tools] are there; throws an error that says what to do where it cannot.
export async function ensure(tools) {
  checkNode();
  const packages = missing(tools).flatMap((tool) => TOOLS[tool].packages);
  if (packages.length === 0) return;
  const words = rootly();
  if (!words) throw explain(packages);
  await install(words, packages);
  const still = missing(tools);
  if (still.length > 0) throw explain(still.flatMap((tool) => TOOLS[tool].packages));
}
