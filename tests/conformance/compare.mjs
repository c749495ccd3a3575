// SPDX-License-Identifier: MIT
// Runs programs through the oracle and the surfaces, a batch at a time, and collects what differs.
import { excuseOf, firstDifference } from './differences.mjs';
import { countOf } from './generate.mjs';

// One thing that runs programs, with what it has done so far.
class Runner {
  seconds = 0;
  events = 0;

  constructor(name, run) {
    this.name = name;
    this.run = run;
  }

  async traces(programs) {
    const started = performance.now();
    const traces = await this.run(programs);
    this.seconds += (performance.now() - started) / 1e3;
    for (const trace of traces) this.events += trace.length;
    return traces;
  }
}

export class Comparison {
  differences = [];
  excused = new Map(); // names of excuses -> how many programs
  programs = 0;
  operations = 0;

  // [oracle] is a function from programs to traces; so is what each surface opens. Traces are compared as [view]
  // shows them.
  static async open(oracle, surfaces, view = (trace) => trace) {
    const comparison = new Comparison();
    comparison.view = view;
    comparison.oracle = new Runner('oracle', oracle);
    comparison.surfaces = await Promise.all(surfaces.map(async ({ name, open }) => new Runner(name, await open())));
    return comparison;
  }

  // Compares a batch; [seen] is called with each program and its trace.
  async add(programs, seen = () => {}) {
    const running = this.surfaces.map((surface) => surface.traces(programs)); // the processes run beside the oracle
    const wanted = await this.oracle.traces(programs);
    const found = await Promise.all(running);
    programs.forEach((program, place) => {
      this.programs++;
      this.operations += countOf(program);
      seen(program, wanted[place]);
      this.surfaces.forEach((surface, which) => this.#compare(program, surface, wanted[place], found[which][place]));
    });
  }

  #compare(program, surface, ...traces) {
    const [oracle, found] = traces.map(this.view);
    const at = firstDifference(oracle, found);
    if (at < 0) return;
    const excuse = excuseOf(program, oracle, found, at);
    if (excuse) this.excused.set(excuse, (this.excused.get(excuse) ?? 0) + 1);
    else this.differences.push({ program, surface, oracle, found, at });
  }

  // Which of [programs] differ on [surface], with nothing counted.
  async differing(programs, surface) {
    const [wanted, found] = await this.traces(programs, surface);
    return programs.map((program, place) => {
      const at = firstDifference(wanted[place], found[place]);
      return at >= 0 && !excuseOf(program, wanted[place], found[place], at);
    });
  }

  // The oracle's and the surface's, as they are compared.
  async traces(programs, surface) {
    const all = [await this.oracle.run(programs), await surface.run(programs)];
    return all.map((traces) => traces.map(this.view));
  }
}
