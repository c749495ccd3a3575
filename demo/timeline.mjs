// SPDX-License-Identifier: MIT
// The timeline: a row for each life, with its name, its line and its state. Rows are ordinary elements, so that they
// can be read aloud, reached by keyboard and styled; only lengths are set from here, once a frame.
import { WORDS } from './lives.mjs';

const WIDE = 12; // seconds in sight
const NARROW = 7;
const AHEAD = 0.35; // seconds of paper before the pen
const MARGIN = 8; // pixels before the first second, so that what begins there is whole
const CALM_FRAME = 500; // milliseconds between pictures where motion is to be reduced

const KIND_WORDS = { generator: 'function*', async: 'async', c: 'C' };

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// One life's elements.
class Row {
  constructor(life) {
    this.life = life;
    this.steps = [];
    this.line = element('i', { className: 'line' });
    this.cleaning = element('i', { className: 'cleaning' });
    this.head = element('i', { className: 'head' });
    this.lane = element('div', { className: 'lane' }, this.line, this.cleaning, this.head);
    this.lane.setAttribute('aria-hidden', 'true');
    this.state = element('span', { className: 'state' });
    this.stop = element('button', { className: 'stop', type: 'button', title: 'Cancel', onclick: () => life.cancel() });
    this.stop.setAttribute('aria-label', `Cancel ${life.name}`);
    const kind = element('span', { className: 'kind', textContent: KIND_WORDS[life.kind] });
    const name = element('span', { className: 'name', textContent: life.name });
    const who = element('div', { className: 'who' }, name, kind);
    const how = element('div', { className: 'how' }, this.state, this.stop);
    this.item = element('li', { className: life.parent ? 'row child' : 'row' }, who, this.lane, how);
    this.item.dataset.kind = life.kind;
    this.item.dataset.name = life.name;
  }

  // What changes with the state alone.
  update() {
    const { life } = this;
    if (this.item.dataset.state === life.state) return;
    this.item.dataset.state = life.state;
    this.state.textContent = WORDS[life.state];
    this.state.title = life.words;
    this.stop.hidden = life.over;
  }

  // [x] turns a time into pixels.
  draw(x, now) {
    const { life } = this;
    const end = life.ended_at ?? now;
    place(this.line, x(life.born_at), x(life.cleaning_since ?? end));
    place(this.cleaning, x(life.cleaning_since ?? end), x(end));
    this.head.style.translate = `${x(end)}px`;
    while (this.steps.length < life.steps.length) {
      const step = element('i', { className: 'step' });
      this.steps.push(step);
      this.lane.append(step);
    }
    this.steps.forEach((step, index) => (step.style.translate = `${x(life.steps[index])}px`));
  }
}

function place(bar, from, to) {
  bar.style.translate = `${from}px`;
  bar.style.width = `${Math.max(to - from, 0)}px`;
}

/** Draws [lives] into the list [list], with the seconds in [axis]; [onChange] is told after every change of them. */
export class Timeline {
  #rows = new Map();
  #labels = [];
  #frame = 0; // what requestAnimationFrame gave; 0 when the picture stands still
  #drawn_at = 0;
  #calm = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(lives, { list, axis, onChange }) {
    this.lives = lives;
    this.list = list;
    this.axis = axis;
    lives.changed = () => {
      this.#arrange();
      onChange();
      this.#go();
    };
    new ResizeObserver(() => this.#draw()).observe(axis);
  }

  // Puts the rows into the order of the lives; a row that is in its place is not touched, since it may have the focus.
  #arrange() {
    const { all } = this.lives;
    for (const [life, row] of this.#rows) {
      if (all.includes(life)) continue;
      row.item.remove();
      this.#rows.delete(life);
    }
    all.forEach((life, index) => {
      if (!this.#rows.has(life)) this.#rows.set(life, new Row(life));
      const row = this.#rows.get(life);
      row.update();
      const there = this.list.children[index];
      if (there !== row.item) this.list.insertBefore(row.item, there ?? null);
    });
  }

  #go() {
    this.#frame ||= requestAnimationFrame((time) => this.#animate(time));
  }

  #animate(time) {
    this.#frame = 0;
    const due = !this.#calm.matches || time - this.#drawn_at >= CALM_FRAME || this.lives.living === 0;
    if (due) {
      this.#drawn_at = time;
      this.#draw();
    }
    if (this.lives.living > 0) this.#go();
  }

  #draw() {
    const width = this.axis.clientWidth;
    const span = width < 480 ? NARROW : WIDE;
    const now = this.lives.now();
    const start = Math.max(now + AHEAD - span, 0);
    const second = (width - MARGIN) / span;
    const x = (time) => MARGIN + (time - start) * second;
    this.lives.forget(start);
    for (const row of this.#rows.values()) row.draw(x, now);
    this.#drawAxis(start, span, x);
    this.list.style.setProperty('--second', `${second}px`);
    this.list.style.setProperty('--shift', `${x(Math.floor(start))}px`);
  }

  #drawAxis(start, span, x) {
    const first = Math.ceil(start);
    const count = Math.floor(start + span) - first + 1;
    while (this.#labels.length < count) {
      const label = element('span');
      this.#labels.push(label);
      this.axis.append(label);
    }
    this.#labels.forEach((label, index) => {
      label.hidden = index >= count || x(first + index) > this.axis.clientWidth - 12;
      label.textContent = `${first + index} s`;
      label.style.translate = `${x(first + index)}px`;
    });
  }
}
