// SPDX-License-Identifier: MIT
// What the timeline draws: the lives of tasks, in whatever language they run. The clock stands still while nobody
// lives, so that a pause between two clicks leaves no hole in the picture.

/** A state in words. */
export const WORDS = {
  waiting: 'waiting',
  cleaning: 'cleaning up',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timed out',
};

/** One task's life: when it ran a step, when it began to clean up, and how and when it ended. */
export class Life {
  state = 'waiting';
  steps = [];
  cleaning_since = undefined;
  ended_at = undefined;
  words = ''; // of the error
  cancel = () => {}; // its creator's

  constructor(lives, { name, kind, parent }) {
    this.lives = lives;
    this.name = name;
    this.kind = kind;
    this.parent = parent;
    this.born_at = lives.now();
  }

  get over() {
    return this.ended_at !== undefined;
  }

  step() {
    this.steps.push(this.lives.now());
  }

  cleaning() {
    this.cleaning_since = this.lives.now();
    this.state = 'cleaning';
    this.lives.changed();
  }

  end(state, words = '') {
    if (this.over) return;
    this.ended_at = this.lives.now();
    this.state = state;
    this.words = words;
    this.lives.died();
  }
}

/** All lives that are shown, newest family first, children below their parent. */
export class Lives {
  all = [];
  changed = () => {}; // the timeline's
  #living = 0;
  #elapsed = 0; // up to when the clock last stopped
  #since = 0;

  /** Seconds during which anybody lived. */
  now() {
    return this.#elapsed + (this.#living > 0 ? (performance.now() - this.#since) / 1e3 : 0);
  }

  get living() {
    return this.#living;
  }

  born(description) {
    if (this.#living === 0) this.#since = performance.now();
    this.#living++;
    const life = new Life(this, description);
    this.#insert(life);
    this.changed();
    return life;
  }

  #insert(life) {
    const { parent } = life;
    if (!parent) return this.all.unshift(life);
    const family = this.all.filter((other) => other === parent || other.parent === parent);
    return this.all.splice(this.all.indexOf(family.at(-1)) + 1, 0, life);
  }

  died() {
    const now = this.now();
    this.#living--;
    if (this.#living === 0) this.#elapsed = now;
    this.changed();
  }

  /** Forgets who died before [time]; a family goes together. */
  forget(time) {
    const gone = (life) => life.over && life.ended_at < time;
    const head = (life) => life.parent ?? life;
    const kept = new Set(this.all.filter((life) => !gone(life)).map(head));
    const before = this.all.length;
    this.all = this.all.filter((life) => kept.has(head(life)));
    if (this.all.length < before) this.changed();
  }

  cancel_all() {
    for (const life of this.all.filter((life) => !life.over && !life.parent)) life.cancel();
    for (const life of this.all.filter((life) => !life.over && life.parent?.over)) life.cancel(); // shielded ones
  }

  cancel_newest() {
    this.all.find((life) => !life.over && !life.parent)?.cancel();
  }
}
