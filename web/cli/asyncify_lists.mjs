// SPDX-License-Identifier: MIT
// Asyncify's lists, when a program is built with some: a function that suspends and is left out would run on while its
// callers unwind, and fail far from the mistake. So the program is linked once more without the lists, and Binaryen
// asked what it would have instrumented, and why.
import { existsSync, readFileSync } from 'node:fs';

import { Mistake } from './mistake.mjs';

const LIST = /^ASYNCIFY_(ONLY|REMOVE|IGNORE_INDIRECT)(?:=(.*))?$/s;

// Takes the settings about what to instrument out of emcc's [args], which has them as -sNAME=VALUE or -s NAME=VALUE.
export function splitLists(args) {
  const others = [];
  const lists = [];
  for (let i = 0; i < args.length; i++) {
    const apart = args[i] === '-s';
    const setting = LIST.exec(apart ? (args[i + 1] ?? '') : args[i].replace(/^-s/, ''));
    if (!setting || !args[i].startsWith('-s')) others.push(args[i]);
    else lists.push({ name: setting[1], patterns: patternsOf(setting[2] ?? ''), args: args.slice(i, i + (apart ? 2 : 1)) });
    if (setting && apart) i++;
  }
  return { others, lists };
}

// A list is a,b or ["a","b"], or in a file; * stands for anything.
function patternsOf(value) {
  const text = value.startsWith('@') && existsSync(value.slice(1)) ? readFileSync(value.slice(1), 'utf8') : value;
  const names = text.replace(/[[\]"'\s]/g, '').split(',').filter(Boolean);
  return names.map((name) => new RegExp(`^${name.replace(/[.+?^${}()|\\]/g, '\\$&').replace(/\*/g, '.*')}$`));
}

const ADVICE = /^\[asyncify\] (\S+) can change the state due to (.+)$/gm;

// The C library's own, and what Emscripten adds: they call through pointers that lead nowhere near a coroutine.
const C_LIBRARY =
  /^(dynCall_|legal(stub|func)\$|__funcs_on_exit|call$|fflush|fclose|close_file|__stdio_exit|__fwritex|fwrite|fput|__overflow|out$|pad$|pop_arg|fmt_fp|printf_core|__vfprintf|v?f?i?printf|v?snprintf|__small_v?f?printf)/;

// Where asyncio's own calls go through a pointer on their way to a suspension. Without any other pointers, what
// Binaryen finds suspends for certain.
const BY_POINTER = ['-sASYNCIFY_IGNORE_INDIRECT', '-sASYNCIFY_ADD=asyncio__frame_run,asyncio__stackful_call'];

// The library's own, which no list need name unless it is one of all.
const isAsyncios = (name) => /^asyncio_|^(leave|sleep_for|run_main|program__body)$/.test(name);

function leftOut(name, lists, advisedThen) {
  const named = (list) => list.patterns.some((pattern) => pattern.test(name));
  return lists.some((list) => {
    if (list.name === 'ONLY') return !named(list);
    if (list.name === 'REMOVE') return named(list);
    return !advisedThen.has(name);
  });
}

const because = ([name, reason]) => (reason === 'initial scan' ? name : `${name}, which calls ${reason}`);

function explain(flags, certain) {
  const ours = certain.filter(([name]) => isAsyncios(name)).map(([name]) => name);
  const others = certain.filter(([name]) => !isAsyncios(name)).map(because);
  const library = ours.length ? [`asyncio's own: ${ours.join(',')}`] : [];
  return new Mistake(
    `${flags} leaves out functions that suspend:\n  ${[...others, ...library].join('\n  ')}\n` +
      'Asyncify must instrument each of them, or those who called it cannot be resumed: mend the list, or leave it away.',
  );
}

/**
 * Throws a Mistake that names the functions that suspend and that [lists] leave out; returns a warning about those that
 * call through a pointer, if any. [link] links with further arguments and gives what emcc wrote.
 */
export async function checkLists(lists, link) {
  const advise = async (args) => {
    const text = await link([...args, '-sASYNCIFY_ADVISE']);
    return new Map([...text.matchAll(ADVICE)].map(([, name, reason]) => [name, reason]));
  };
  const suspending = await advise(BY_POINTER);
  const possible = [...(await advise([])).keys()].filter((name) => !C_LIBRARY.test(name) && !isAsyncios(name));
  const indirect = lists.find((list) => list.name === 'IGNORE_INDIRECT');
  const then = indirect ? await advise(indirect.args) : suspending;
  const isLeft = (name) => leftOut(name, lists, then);
  const flags = lists.map((list) => `-sASYNCIFY_${list.name}`).join(' and ');
  const certain = [...suspending].filter(([name]) => isLeft(name) && !C_LIBRARY.test(name));
  if (certain.length) throw explain(flags, certain);
  const left = possible.filter((name) => isLeft(name));
  if (!left.length) return undefined;
  return `${flags} leaves out ${left.join(', ')}: right only if what they call through pointers never suspends`;
}
