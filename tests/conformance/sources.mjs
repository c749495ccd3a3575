// SPDX-License-Identifier: MIT
// Programs as a person would write them, in Python, C and JavaScript: for reading, with the numbers of the operations
// in the traces behind them. `s` are the slots, `h` the handles.
import { blocksOf, walk } from './generate.mjs';
import { CATCHES, KINDS, OPERATIONS, WHEN } from './operations.mjs';
import { primitiveOf } from './operations_locks.mjs';

const real = (number, nan, infinity) => (Number.isNaN(number) ? nan : number === Infinity ? infinity : String(number));
const upper = (name) => name.replace(/(?!^)([A-Z])/g, '_$1').toUpperCase();
const quoted = (text, quote, none) => (text === null ? none : `${quote}${text}${quote}`);

const LANGUAGES = {
  python: {
    comment: '#',
    body: (index) => `b${index}()`,
    primitive: ({ thing, method, number }) => `${thing}s[${number}].${method}(${method === 'put' ? '7' : ''})`,
    number: (number) => real(number, "float('nan')", "float('inf')"),
    later: (number) => (number === Infinity ? 'None' : `loop.time() + ${number}`),
    limit: (number) => (number === Infinity ? 'None' : String(number)),
    bool: (flag) => (flag ? 'True' : 'False'),
    error: ({ flag, text }) => `${KINDS[flag].replace(/^(?=Cancelled)/, 'asyncio.')}('${text}')`,
    text: (text) => quoted(text, "'", ''),
  },
  js: {
    comment: '//',
    body: (index) => `b${index}()`,
    primitive: ({ thing, method, number }) => `${thing}s[${number}].${method}(${method === 'put' ? '7' : ''})`,
    number: (number) => String(number),
    later: (number) => (number === Infinity ? 'null' : `loop.time() + ${number}`),
    limit: (number) => (number === Infinity ? 'null' : String(number)),
    bool: (flag) => String(Boolean(flag)),
    error: ({ flag, text }) => `new ${KINDS[flag].replace(/^(?!Application)/, 'asyncio.')}('${text}')`,
    text: (text) => quoted(text, "'", ''),
  },
  c: {
    comment: '//',
    body: (index) => `b${index}_coroutine()`,
    primitive: ({ thing, op, method, number }) =>
      `asyncio_${op}_coroutine(&${thing}s[${number}]${method === 'put' ? ', asyncio_int(7)' : ''})`,
    later: (number) => (number === Infinity ? 'INFINITY' : `asyncio_loop_time(loop) + ${number}`),
    number: (number) => real(number, 'NAN', 'INFINITY'),
    limit: (number) => real(number, 'NAN', 'INFINITY'),
    bool: (flag) => String(Boolean(flag)),
    error: ({ flag, text }) => `ASYNCIO_${upper(KINDS[flag])}, "${text}"`,
    text: (text) => quoted(text, '"', 'NULL'),
  },
};

function fill(template, op, language) {
  const item = (number) => {
    const primitive = primitiveOf(number);
    if (primitive) return language.primitive(primitive);
    return number < 0 ? language.body(-1 - number) : `s[${number}]`;
  };
  const items = op.items.map(item).join(', ');
  const values = {
    slot: () => `s[${op.slot}]`,
    n: () => String(op.slot),
    flag: () => String(op.flag),
    when_or_none: () => language.later(op.number),
    async: () => (op.flag ? 'async ' : ''),
    awaiting: () => (op.flag ? 'await ' : ''),
    given: () => (op.flag ? 'pass' : 'await done'),
    gave: () => (op.flag ? 'done' : 'yield* done'),
    handle: () => `h[${op.slot}]`,
    callback: () => `c${op.items[0]}`,
    items: () => items,
    generator: () => items.replace('_coroutine', '_generator'),
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

const TAKES_CALLBACK = new Set(['add_callback', 'remove_callback', 'call_soon', 'call_later', 'callback_in']);

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

const TWO_FORMS = new Set(
  Object.keys(OPERATIONS).filter((name) => OPERATIONS[name].suspends && !['await', 'gather', 'shield'].includes(name)),
);
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
  yield_try: (op, [first, second]) => pythonBlocks.try_except(op, [[`  yield ${op.number}`, ...first], second]),
  repeat: (op, [first]) => [`for _ in range(${op.number}):  # ${op.id}`, ...first],
  with_lock: (op, [first]) => [`async with locks[${op.slot}]:  # ${op.id}`, ...first],
  with_condition: (op, [first]) => [`async with conditions[${op.slot}]:  # ${op.id}`, ...first],
  with_semaphore: (op, [first]) => [`async with semaphores[${op.slot}]:  # ${op.id}`, ...first],
  timeout: (op, [first]) => [`async with ${pythonTimeout(op)} as timeouts[${op.slot}]:  # ${op.id}`, ...first],
  group: (op, [first]) => [`async with asyncio.TaskGroup() as groups[${op.slot}]:  # ${op.id}`, ...first],
};

function pythonTimeout({ flag, number }) {
  if (number === Infinity) return 'asyncio.timeout(None)';
  return flag ? `asyncio.timeout_at(loop.time() + ${number})` : `asyncio.timeout(${number})`;
}

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
  yield_try: (op, [first, second]) => jsBlocks.try_except(op, [[`  yield ${op.number};`, ...first], second]),
  repeat: (op, [first]) => [`for (let i = 0; i < ${op.number}; i++) { // ${op.id}`, ...first, '}'],
  with_lock: (op, [first]) => jsScope(op, first, `locks[${op.slot}].acquire()`, `locks[${op.slot}].release()`),
  with_condition: (op, [first]) =>
    jsScope(op, first, `conditions[${op.slot}].acquire()`, `conditions[${op.slot}].release()`),
  with_semaphore: (op, [first]) =>
    jsScope(op, first, `semaphores[${op.slot}].acquire()`, `semaphores[${op.slot}].release()`),
  timeout: (op, [first]) => jsBody(op, first, `timeouts[${op.slot}]`, jsTimeout(op)),
  group: (op, [first]) => jsBody(op, first, `groups[${op.slot}]`, 'new asyncio.TaskGroup()'),
};

const jsScope = (op, first, begin, end) => [
  `yield* ${begin}; // ${op.id}`,
  'try {',
  ...first,
  '} finally {',
  `  ${end};`,
  '}',
];

const jsBody = (op, first, variable, made) => [
  `${variable} = ${made}; // ${op.id}`,
  `yield* ${variable}.with(function* () {`,
  ...first,
  '});',
];

function jsTimeout({ flag, number }) {
  if (number === Infinity) return 'asyncio.timeout(null)';
  return flag ? `asyncio.timeout_at(loop.time() + ${number})` : `asyncio.timeout(${number})`;
}

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

function python({ bodies, callbacks, slots, handles, runs }) {
  const block = (ops) => nested(ops, 'python', pythonBlocks, ['pass']);
  return [
    'import asyncio',
    `loop, s, h = asyncio.new_event_loop(), [None] * ${slots}, [None] * ${handles}`,
    ...callbacks.flatMap(([index, ops]) => [`def c${index}(*_):`, ...block(ops)]),
    ...bodies.flatMap(([index, ops]) => [`async def b${index}():`, ...block(ops)]),
    ...(runs.length > 0 ? pythonRunner(runs) : pythonLoop),
  ];
}

const pythonLoop = ['s[0] = loop.create_task(b0())', 'loop.call_later(1000, loop.stop)', 'loop.run_forever()'];
const pythonRunner = (runs) => [
  'with asyncio.Runner(loop_factory=lambda: loop) as runner:',
  ...runs.map((index) => `  runner.run(b${index}())`),
];

function js({ bodies, callbacks, runs }) {
  const block = (ops) => nested(ops, 'js', jsBlocks, []);
  return [
    "import * as asyncio from 'wasyncio';",
    'const loop = asyncio.new_event_loop(), s = [], h = [];',
    ...callbacks.flatMap(([index, ops]) => [`function c${index}() {`, ...block(ops), '}']),
    ...bodies.flatMap(([index, ops]) => [`function* b${index}() {`, ...block(ops), '}']),
    ...(runs.length > 0 ? jsRunner(runs) : jsLoop),
  ];
}

const jsLoop = [
  's[0] = loop.create_task(b0());',
  'loop.call_later(1000, () => loop.stop());',
  'await loop.run_forever();',
];
const jsRunner = (runs) => [
  'const runner = new asyncio.Runner({ loop_factory: () => loop });',
  ...runs.map((index) => `await runner.run(b${index}());`),
  'await runner.close();',
];

// ---- C: each block a function, which says how it ended

// The lines of [ops]; the functions of the blocks inside go to [functions] first.
function cLines(ops, functions) {
  return ops.flatMap((op) => {
    if (op.blocks.length === 0) return [statement(op, 'c')];
    const names = op.blocks.map((block, place) => `block_${op.id}${place ? '_then' : ''}`);
    op.blocks.forEach((block, place) => {
      const caught = op.op !== 'try_finally' && place === 1 ? 'asyncio_status error' : 'void';
      functions.push(...cFunction(`static asyncio_status ${names[place]}(${caught})`, block, functions));
    });
    if (cScopes[op.op]) return cScopes[op.op](op, `${names[0]}()`);
    if (op.op === 'repeat') return [`for (int i = 0; i < ${op.number}; i++) ASYNCIO_TRY(${names[0]}());  // ${op.id}`];
    const status = `status_${op.id}`;
    const begin =
      op.op === 'yield_try'
        ? `asyncio_status ${status} = yield_and_then(asyncio_int(${op.number}), ${names[0]});  // ${op.id}: try`
        : `asyncio_status ${status} = ${names[0]}();  // ${op.id}: try`;
    if (op.op === 'try_finally')
      return [begin, `ASYNCIO_TRY(${names[1]}());  // ${op.id}: finally`, `ASYNCIO_TRY(${status});`];
    return [
      begin,
      `if (${cCatches(op.flag, status)}) ${status} = ${names[1]}(${status});  // ${op.id}: except`,
      `ASYNCIO_TRY(${status});`,
    ];
  });
}

// The block in it is a call.
const cWithin = (prefix) => (op, call) => {
  const thing = `&${prefix}s[${op.slot}]`;
  return [
    `ASYNCIO_TRY(asyncio_${prefix}_acquire(${thing}));  // ${op.id}`,
    `asyncio_status status_${op.id} = ${call};`,
    `ASYNCIO_TRY(asyncio_${prefix}_release(${thing}));`,
    `ASYNCIO_TRY(status_${op.id});`,
  ];
};

const cTimeout = ({ flag, number, slot }) =>
  flag
    ? `asyncio_timeout_begin_at(&timeouts[${slot}], ${LANGUAGES.c.later(number)})`
    : `asyncio_timeout_begin(&timeouts[${slot}], ${LANGUAGES.c.number(number)})`;

const cScopes = {
  with_lock: cWithin('lock'),
  with_condition: cWithin('condition'),
  with_semaphore: cWithin('semaphore'),
  timeout: (op, call) => [
    `ASYNCIO_TRY(${cTimeout(op)});  // ${op.id}`,
    `ASYNCIO_TRY(asyncio_timeout_end(&timeouts[${op.slot}], ${call}));`,
  ],
  group: (op, call) => [
    `ASYNCIO_TRY(asyncio_task_group_begin(&groups[${op.slot}]));  // ${op.id}`,
    `ASYNCIO_TRY(asyncio_task_group_end(&groups[${op.slot}], ${call}));`,
  ],
};

function cCatches(flag, status) {
  if (CATCHES[flag] === 'BaseException') return status;
  if (CATCHES[flag] === 'Exception') return `${status} && ${status} != ASYNCIO_CANCELLED_ERROR`;
  const broken = CATCHES[flag] === 'RuntimeError' ? ` || ${status} == ASYNCIO_BROKEN_BARRIER_ERROR` : '';
  return `${status} == ASYNCIO_${upper(CATCHES[flag])}${broken}`;
}

function cFunction(signature, ops, functions) {
  const lines = cLines(ops, functions);
  const value = lines.some((line) => line.includes('&value')) ? ['asyncio_value value;'] : [];
  const done = lines.some((line) => line.includes('&done')) ? ['size_t done;'] : [];
  return [`${signature} {`, ...indented([...value, ...done, ...lines, 'return ASYNCIO_OK;']), '}'];
}

function c({ bodies, callbacks, slots, handles, runs }) {
  const functions = [];
  callbacks.forEach(([index, ops]) => {
    const signature = `static asyncio_status c${index}(...)`;
    functions.push(...cFunction(signature, ops, functions));
  });
  bodies.forEach(([index, ops]) => functions.push(...cFunction(`ASYNCIO_COROUTINE(b${index})`, ops, functions)));
  return [
    '#include <asyncio.h>',
    runs.length > 0
      ? `static asyncio_loop *loop;  // of a runner that runs ${runs.map((index) => `b${index}`)} and is closed`
      : `static asyncio_loop *loop;  // runs b0 as s[0], for 1000 seconds`,
    `static asyncio_future *s[${slots}];`,
    `static asyncio_handle *h[${handles}];`,
    ...functions,
  ];
}

export function sourcesOf(whole) {
  const program = used(whole);
  return { Python: python(program).join('\n'), C: c(program).join('\n'), JavaScript: js(program).join('\n') };
}
