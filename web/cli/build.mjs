// SPDX-License-Identifier: MIT
// Builds the JavaScript package into build/api: one module and its types. In build/core is what goes into it: the
// modules of the core (core.mjs), and embedded.js, with their bytes and with the part of web/lib/bridge.js that every
// loader shares.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { build as esbuild } from 'esbuild';

import { buildCore, functionNames, must, root } from './core.mjs';

const api = join(root, 'web/api');
const core = join(root, 'build/core');
const output = join(root, 'build/api');
// As core.mjs cuts them; the later ones are called so in embedded.js.
const MODULES = ['wasm', 'contexts', 'combinators', 'objects', 'inspection'];

// Text as a bundler writes it that keeps to ASCII, and never a newline.
function literal(bytes) {
  const escape = (byte) => `\\x${byte.toString(16).padStart(2, '0')}`;
  const character = (byte) => {
    if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte >= 0x7f ? escape(byte) : String.fromCharCode(byte);
  };
  return `'${Array.from(bytes, character).join('')}'`;
}

// A character is a byte: base64 would be a third larger once compressed. Most of a module's bytes are no characters
// that can stand in a string as they are, so all are combined with a mask: the one with which string and text compress
// best.
function masked(bytes, text) {
  const masks = Array.from({ length: 256 }, (_, mask) => ({ mask, string: literal(bytes.map((byte) => byte ^ mask)) }));
  const shortest = masks.sort((a, b) => a.string.length - b.string.length).slice(0, 16);
  const size = ({ string }) => gzipSync(string + text, { level: 9 }).length;
  return shortest.map((each) => ({ ...each, size: size(each) })).sort((a, b) => a.size - b.size)[0];
}

// web/lib/bridge.js without what stands above its function.
function bridgeText() {
  const text = readFileSync(join(root, 'web/lib/bridge.js'), 'utf8');
  return text.slice(text.indexOf('function asyncioBridge'));
}

// The later modules have the first one's mask. They are in objects, or minifiers would put the string where it is
// used: in the middle of JavaScript, whose blocks gzip then has to cut (600 bytes).
function embed([wasm, ...later], embedded) {
  const bridge = bridgeText();
  const { mask, string } = masked(readFileSync(wasm), bridge);
  const [names, ...laterNames] = functionNames();
  const first = `export const first = { wasm: ${string}, mask: ${mask}, names: '${names}' };\n`;
  const others = later.map((module, index) => {
    const text = literal(readFileSync(module).map((byte) => byte ^ mask));
    return `export const ${MODULES[index + 1]} = { wasm: ${text}, names: '${laterNames[index]}' };\n`;
  });
  writeFileSync(embedded, `${first}${others.join('')}\nexport ${bridge}\n`);
}

// One file is read in half the time of ten. It is not minified: whoever needs that has a bundler, and stacks stay
// readable. The string comes first: most of gzip's blocks then hold either that or JavaScript, and compress the better
// for it.
function bundle(embedded) {
  const entry = { contents: "import './embedded.js';\nexport * from './index.js';\n", resolveDir: api };
  const toEmbedded = {
    name: 'embedded',
    setup: (build) => build.onResolve({ filter: /\/embedded\.js$/ }, () => ({ path: embedded })),
  };
  const options = { bundle: true, format: 'esm', target: 'es2022', legalComments: 'none', logLevel: 'warning' };
  const banner = { js: '// SPDX-License-Identifier: MIT' };
  return esbuild({ ...options, stdin: entry, outfile: join(output, 'index.js'), banner, plugins: [toEmbedded] });
}

// The names of index.ts that are a runtime's, each with what base.ts or runtime.ts says of it: tsc writes their types
// out instead.
function documentNames() {
  const textOf = (name) => readFileSync(join(output, name), 'utf8');
  const source = readFileSync(join(api, 'index.ts'), 'utf8');
  const names = [...source.match(/(?<=^export const {).*?(?=^})/ms)[0].matchAll(/\w+/g)].map(([name]) => name);
  names.push(...[...source.matchAll(/^export const (\w+) = \/\* @__PURE__ \*\//gm)].map(([, name]) => name));
  const members = `${textOf('base.d.ts')}${textOf('runtime.d.ts')}`;
  const comments = members.matchAll(/^ *(\/\*\*(?:(?!\*\/).)*\*\/)\s+readonly (\w+):/gms);
  const words = new Map([...comments].map(([, comment, name]) => [name, comment.replace(/^ +/gm, ' ')]));
  const lines = names.map((name) => {
    if (!words.has(name)) throw new Error(`Neither base.ts nor runtime.ts says anything of ${name}`);
    return `${words.get(name)}\nexport declare const ${name}: Runtime['${name}'];\n`;
  });
  const text = textOf('index.d.ts').replace(/^export declare const (\w+): .*\n/gm, (line, name) =>
    words.has(name) ? '' : line,
  );
  writeFileSync(join(output, 'index.d.ts'), `import type { Runtime } from './runtime.js';\n${text}${lines.join('')}`);
}

// The declarations that those in [name] refer to, it included.
function reachedFrom(name, reached = new Set()) {
  if (reached.has(name)) return reached;
  reached.add(name);
  const imports = readFileSync(join(output, name), 'utf8').matchAll(/'\.\/(\w+)\.js'/g);
  for (const [, imported] of imports) reachedFrom(`${imported}.d.ts`, reached);
  return reached;
}

// What no user's program can see of the types is not in the package.
function dropUnreached() {
  const reached = reachedFrom('index.d.ts');
  const others = readdirSync(output).filter((name) => name.endsWith('.d.ts') && !reached.has(name));
  for (const name of others) rmSync(join(output, name));
}

// The types, and the mistakes in them.
function declare() {
  must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', api]);
  copyFileSync(join(api, 'embedded.d.ts'), join(output, 'embedded.d.ts'));
  documentNames();
  dropUnreached();
}

// The root's package.json says nothing about modules, since what emcc writes beside it is CommonJS.
const sayModules = () => writeFileSync(join(output, 'package.json'), '{ "type": "module" }\n');

const newest = (folders) =>
  Math.max(
    ...folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => statSync(join(root, folder, name)).mtimeMs),
    ),
  );

const isOlder = (file, time) => !existsSync(file) || statSync(file).mtimeMs < time;

const modules = MODULES.map((name) => join(core, `${name}.wasm`));
const embedded = join(core, 'embedded.js');
rmSync(output, { recursive: true, force: true });
for (const folder of [core, output]) mkdirSync(folder, { recursive: true });
if (isOlder(modules.at(-1), newest(['src', 'include', 'web/api', 'web/cli']))) buildCore(core, modules);
embed(modules, embedded);
declare();
await bundle(embedded);
sayModules();
