// SPDX-License-Identifier: MIT
// The package as its users get it: packed, and installed from that file into an empty project, without a network.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build, root } from './sources.mjs';

// What a bundler emits for `import { run } from 'wasyncio'`, gzipped.
export const LARGEST_BUNDLE = 24 * 1024; // bytes

const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

// Packs what is built into build/house/[name]: what npm says of the file, with its `path`.
export function pack(name) {
  const folder = join(build, 'house', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const said = npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const [packed] = JSON.parse(said);
  return { ...packed, folder, path: join(folder, packed.filename) };
}

// The folder of a project in which the packed package is installed.
export function install({ folder, path }) {
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true }\n');
  npm(project, 'install', '--offline', '--no-audit', '--no-fund', path);
  return project;
}
