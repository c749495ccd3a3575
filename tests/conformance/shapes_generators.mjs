// SPDX-License-Identifier: MIT
// How bodies begin that are generators, or go through one.
import { made } from './maker.mjs';
import { CATCHES } from './operations.mjs';

export const GENERATOR_SHAPES = {
  // As a generator: gives something, waits, and cleans up or insists when it is closed.
  yielding(maker) {
    const value = () => ({ number: maker.int(1, 9) });
    const wait = () => (maker.chance(0.7) ? [made('sleep', { number: maker.int(0, 3) })] : []);
    const ends = () =>
      maker.random.weighted([
        [[made('reraise')], 5],
        [[], 3],
        [[made('raise', { flag: maker.kind(), text: maker.words() })], 1],
        [maker.inside().block(), 2],
      ]);
    const flag = maker.chance(0.8) ? CATCHES.indexOf('BaseException') : maker.catch();
    const guarded = () => made('yield_try', { ...value(), flag, blocks: [wait(), [...wait(), ...ends()]] });
    const one = () => (maker.chance(0.7) ? guarded() : made('yield', value()));
    return [...wait(), one(), ...wait(), one(), ...(maker.chance(0.5) ? [one()] : [])];
  },

  // Gives something at once, and takes its time when it is closed then, or gives something more.
  closing_slowly(maker) {
    const rest = () => made('sleep', { number: maker.int(1, 3) });
    const flag = CATCHES.indexOf('BaseException');
    const blocks = [[rest()], [rest(), ...(maker.chance(0.6) ? [made('reraise')] : [])]];
    return [made('yield_try', { number: maker.int(1, 9), flag, blocks }), made('yield', { number: 1 }), rest()];
  },

  // Goes through a generator, some of the time with others that do, and not for as long as that takes.
  asking(maker) {
    const body = maker.body();
    if (body === null) return GENERATOR_SHAPES.yielding(maker);
    const slot = -1 - body;
    const ask = (op) => made(op, { slot, number: maker.int(1, 9) });
    const fails = () => made('athrow', { slot, flag: maker.kind(), text: maker.words() });
    const end = maker.random.weighted([
      [[ask('aclose')], 5],
      [[ask('iterate')], 3],
      [[fails()], 2],
      [[ask('asend'), fails()], 2],
      [[], 2],
    ]);
    const first = maker.chance(0.4) ? [made('generate', { slot, items: [body] })] : [];
    const asks = Array.from({ length: maker.int(1, 2) }, () => ask('anext'));
    const ops = [...asks, ...(maker.chance(0.3) ? [ask('asend')] : []), ...end];
    const limited = made('timeout', { slot: maker.thing('timeout'), number: maker.int(1, 2), blocks: [ops] });
    const cleanup = made('try_finally', { blocks: [[made('sleep', { number: maker.int(1, 2) })], ops] });
    return [...first, ...maker.random.pick([ops, ops, [limited], [cleanup], [cleanup]])];
  },

  // Is cancelled, or has no more time, while a generator takes its time.
  giving_up(maker) {
    if (maker.body() === null) return GENERATOR_SHAPES.yielding(maker);
    const slot = maker.slots_.bodies - 1; // it yields
    const ask = made(maker.random.pick(['aclose', 'aclose', 'iterate', 'anext']), { slot });
    const first = maker.chance(0.8) ? [made('anext', { slot })] : [];
    const begins = [made('generate', { slot, items: [-1 - slot] }), ...first];
    const cancelled = [made('cancel_self', { text: maker.message() }), ask];
    const rest = made('sleep', { number: maker.int(0, 1) });
    const end = maker.random.weighted([
      [[made('timeout', { slot: maker.thing('timeout'), number: 1, blocks: [[ask]] })], 8],
      [[made('try_finally', { blocks: [[rest], cancelled] })], 11],
      [cancelled, 1],
      [[ask], 1],
    ]);
    return [...begins, ...end];
  },
};
