#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The package's command.
import { Mistake } from './mistake.mjs';
import { HELP as BUILD, build } from './program.mjs';
import { HELP as TYPES, types } from './types.mjs';

const HELP = `${BUILD}\n${TYPES}`;
const COMMANDS = { build, types };

async function main([name, ...args]) {
  if (name === '-h' || name === '--help') return process.stdout.write(HELP);
  const command = COMMANDS[name];
  if (!command) throw new Mistake(name ? `There is no command ${name}\n\n${HELP.trimEnd()}` : HELP.trimEnd());
  await command(args);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Mistake || !process.env.DEBUG ? error.message : error);
  process.exitCode = 1;
}
