// SPDX-License-Identifier: MIT
// Programs as a person would write them, in Python, C and JavaScript: for reading, with the numbers of the operations
// in the traces behind them. `s` are the slots, `h` the handles.
import { blocksOf, walk } from './generate.mjs';
import { CATCHES, KINDS, OPERATIONS, WHEN } from './operations.mjs';

const real = (number, nan, infinity) => (Number.isNaN(number) ? nan : number === Infinity ? infinity : String(number));
const upper = (name) => name.replace(/(?!^)([A-Z])/g, '_$1').toUpperCase();
const quoted = (text, quote, none) => (text === null ? none : `${quote}${text}${quote}`);

const LANGUAGES = {
  python: {
    comment: '#',
    body: (index) => `b${index}()`,
    number: (number) => real(number, "float('nan')", "float('inf')"),
    limit: (number) => (number === Infinity ? 'None' : String(number)),
    bool: (flag) => (flag ? 'True' : 'False'),
    error: ({ flag, text }) => `${KINDS[flag].replace(/^(?=Cancelled)/, 'asyncio.')}('${text}')`,
    text: (text) => quoted(text, "'", ''),
  },
  js: {
    comment: '//',
    body: (index) => `b${index}()`,
    number: (number) => String(number),
    limit: (number) => (number === Infinity ? 'null' : String(number)),
    bool: (flag) => String(Boolean(flag)),
    error: ({ flag, text }) => `new ${KINDS[flag].replace(/^(?!Application)/, 'asyncio.')}('${text}')`,
    text: (text) => quoted(text, "'", ''),
  },
  c: {
    comment: '//',
    body: (index) => `b${index}_coroutine()`,
    number: (number) => real(number, 'NAN', 'INFINITY'),
    limit: (number) => real(number, 'NAN', 'INFINITY'),
    bool: (flag) => String(Boolean(flag)),
    error: ({ flag, text }) => `ASYNCIO_${upper(KINDS[flag])}, "${text}"`,
    text: (text) => quoted(text, '"', 'NULL'),
  },
};

function fill(template, op, language) {
  const item = (number) => (number < 0 ? language.body(-1 - number) : `s[${number}]`);
  const items = op.items.map(item).join(', ');
  const values = {
    slot: () => `s[${op.slot}]`,
    handle: () => `h[${op.slot}]`,
    callback: () => `c${op.items[0]}`,
    items: () => items,
    array: () => `(asyncio_future *[]){${items}}, ${op.items.length}`,
    number: () => language.number(op.number),
    limit: () => language.limit(op.number),
    bool: () => language.bool(op.flag),
    when: () => WHEN[op.flag],
    error: () => language.error(op),
    text: () => language.text(op.text),
  };
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name]?.() ?? whole);
}

const TAKES_CALLBACK = new Set(['add_callback', 'remove_callback', 'call_soon', 'call_later']);

// The bodies and callbacks that have something in them or are mentioned: [index, operations] each.
function used(program) {
  const [bodies, callbacks] = [new Set([0]), new Set()];
  const note = ({ op, items }) =>
    items.forEach((item) => (TAKES_CALLBACK.has(op) ? callbacks.add(item) : bodies.add(-1 - item)));
  for (const ops of blocksOf(program)) walk(ops, note);
  const kept = (all, mentioned) => [...all.entries()].filter(([index, ops]) => ops.length > 0 || mentioned.has(index));
  return { ...program, bodies: kept(program.bodies, bodies), callbacks: kept(program.callbacks, callbacks) };
}

const indented = (lines) => lines.map((line) => `  ${line}`);

const TWO_FORMS = new Set(['sleep', 'call', 'wait', 'wait_for']);
const LONGER_FORM = { python: '', c: ', through its coroutine object', js: ', with yield and not yield*' };

function statement(op, name) {
  const language = LANGUAGES[name];
  const form = op.form && TWO_FORMS.has(op.op) ? LONGER_FORM[name] : '';
  return `${fill(OPERATIONS[op.op][name], op, language)}  ${language.comment} ${op.id}${form}`;
}

// ---- Python and JavaScript: blocks within blocks

const pythonBlocks = {
  try_finally: (op, [first, second]) => [`try:  # ${op.id}`, ...first, 'finally:', ...second],
  try_except: (op, [first, second]) => [
    `try:  # ${op.id}`,
    ...first,
    `except ${CATCHES[op.flag].replace(/^(?=Cancelled)/, 'asyncio.')}:`,
    ...second,
  ],
  repeat: (op, [first]) => [`for _ in range(${op.number}):  # ${op.id}`, ...first],
};

// What a catch block lets pass.
function notCaught(flag) {
  if (CATCHES[flag] === 'BaseException') return undefined;
  if (CATCHES[flag] === 'Exception') return 'asyncio.is_cancelled(error)';
  return `!(error instanceof ${CATCHES[flag].replace(/^(?!Application)/, 'asyncio.')})`;
}

const jsBlocks = {
  try_finally: (op, [first, second]) => [`try { // ${op.id}`, ...first, '} finally {', ...second, '}'],
  try_except: (op, [first, second]) => [
    `try { // ${op.id}`,
    ...first,
    '} catch (error) {',
    ...(notCaught(op.flag) ? [`  if (${notCaught(op.flag)}) throw error;`] : []),
    ...second,
    '}',
  ],
  repeat: (op, [first]) => [`for (let i = 0; i < ${op.number}; i++) { // ${op.id}`, ...first, '}'],
};

function nested(ops, name, blocks, empty) {
  const lines = ops.flatMap((op) => {
    if (!blocks[op.op]) return [statement(op, name)];
    return blocks[op.op](
      op,
      op.blocks.map((block) => nested(block, name, blocks, empty)),
    );
  });
  return indented(lines.length > 0 ? lines : empty);
}

function python({ bodies, callbacks, slots, handles }) {
  const block = (ops) => nested(ops, 'python', pythonBlocks, ['pass']);
  return [
    'import asyncio',
    `loop, s, h = asyncio.new_event_loop(), [None] * ${slots}, [None] * ${handles}`,
    ...callbacks.flatMap(([index, ops]) => [`def c${index}(*_):`, ...block(ops)]),
    ...bodies.flatMap(([index, ops]) => [`async def b${index}():`, ...block(ops)]),
    's[0] = loop.create_task(b0())',
    'loop.call_later(1000, loop.stop)',
    'loop.run_forever()',
  ];
}

function js({ bodies, callbacks }) {
  const block = (ops) => nested(ops, 'js', jsBlocks, []);
  return [
    "import * as asyncio from 'wasyncio';",
    'const loop = asyncio.new_event_loop(), s = [], h = [];',
    ...callbacks.flatMap(([index, ops]) => [`function c${index}() {`, ...block(ops), '}']),
    ...bodies.flatMap(([index, ops]) => [`function* b${index}() {`, ...block(ops), '}']),
    's[0] = loop.create_task(b0());',
    'loop.call_later(1000, () => loop.stop());',
    'await loop.run_forever();',
  ];
}

// ---- C: each block a function, which says how it ended

// The lines of [ops]; the functions of the blocks inside go to [functions] first.
function cLines(ops, functions) {
  return ops.flatMap((op) => {
    if (op.blocks.length === 0) return [statement(op, 'c')];
    const names = op.blocks.map((block, place) => `block_${op.id}${place ? '_then' : ''}`);
    op.blocks.forEach((block, place) => {
      const caught = op.op === 'try_except' && place === 1 ? 'asyncio_status error' : 'void';
      functions.push(...cFunction(`static asyncio_status ${names[place]}(${caught})`, block, functions));
    });
    if (op.op === 'repeat') return [`for (int i = 0; i < ${op.number}; i++) ASYNCIO_TRY(${names[0]}());  // ${op.id}`];
    const status = `status_${op.id}`;
    const begin = `asyncio_status ${status} = ${names[0]}();  // ${op.id}: try`;
    if (op.op === 'try_finally')
      return [begin, `ASYNCIO_TRY(${names[1]}());  // ${op.id}: finally`, `ASYNCIO_TRY(${status});`];
    return [
      begin,
      `if (${cCatches(op.flag, status)}) ${status} = ${names[1]}(${status});  // ${op.id}: except`,
      `ASYNCIO_TRY(${status});`,
    ];
  });
}

function cCatches(flag, status) {
  if (CATCHES[flag] === 'BaseException') return status;
  if (CATCHES[flag] === 'Exception') return `${status} && ${status} != ASYNCIO_CANCELLED_ERROR`;
  return `${status} == ASYNCIO_${upper(CATCHES[flag])}`;
}

function cFunction(signature, ops, functions) {
  const lines = cLines(ops, functions);
  const value = lines.some((line) => line.includes('&value')) ? ['asyncio_value value;'] : [];
  const done = lines.some((line) => line.includes('&done')) ? ['size_t done;'] : [];
  return [`${signature} {`, ...indented([...value, ...done, ...lines, 'return ASYNCIO_OK;']), '}'];
}

function c({ bodies, callbacks, slots, handles }) {
  const functions = [];
  callbacks.forEach(([index, ops]) => {
    const signature = `static asyncio_status c${index}(...)`;
    functions.push(...cFunction(signature, ops, functions));
  });
  bodies.forEach(([index, ops]) => functions.push(...cFunction(`ASYNCIO_COROUTINE(b${index})`, ops, functions)));
  return [
    '#include <asyncio.h>',
    `static asyncio_loop *loop;  // runs b0 as s[0], for 1000 seconds`,
    `static asyncio_future *s[${slots}];`,
    `static asyncio_handle *h[${handles}];`,
    ...functions,
  ];
}

export function sourcesOf(whole) {
  const program = used(whole);
  return { Python: python(program).join('\n'), C: c(program).join('\n'), JavaScript: js(program).join('\n') };
}
