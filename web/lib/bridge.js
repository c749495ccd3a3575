// SPDX-License-Identifier: MIT
// What every program needs and the JavaScript package too, which takes this function's text from here
// (web/cli/build.mjs): values, turns and promises. [core] has C's functions, what calls them (guard), and the clock; a
// promise brings along what makes C's of its outcome: given(value), and statusOf(reason). What a loader has besides,
// [more], becomes part of it.
function asyncioBridge(core, more) {
  const GONE = {}; // in the place of a value that was deleted

  // Values by handle, a number that is not used again before all others have been, so that a stale one is recognised.
  // They lie in pages of 64, each of which goes with the last of its values: adding to a Map and deleting from it takes
  // 200 ns.
  class Values {
    constructor() {
      this.size = 0;
      this.pages = new Map();
      this.number = 0; // of the page that is being filled
      this.filling = this.newPage();
      this.filled = 1; // no handle is 0
      this.last = this.filling; // looked at last
      this.lastNumber = 0;
    }

    newPage() {
      const page = { slots: new Array(64).fill(GONE), live: 0 };
      this.pages.set(this.number, page);
      return page;
    }

    turnPage() {
      if (this.filling.live === 0) this.forget(this.number);
      do this.number = (this.number + 1) & 0x3ffffff;
      while (this.pages.has(this.number));
      this.filling = this.newPage();
      this.filled = this.number === 0 ? 1 : 0;
    }

    forget(number) {
      this.pages.delete(number);
      if (number === this.lastNumber) this.last = undefined;
    }

    add(value) {
      if (this.filled === 64) this.turnPage();
      this.filling.slots[this.filled] = value;
      this.filling.live++;
      this.size++;
      return this.number * 64 + this.filled++;
    }

    page(handle) {
      const number = handle >>> 6;
      if (number !== this.lastNumber || !this.last) {
        this.last = this.pages.get(number);
        this.lastNumber = number;
      }
      return this.last;
    }

    has(handle) {
      const page = this.page(handle);
      return page !== undefined && page.slots[handle & 63] !== GONE;
    }

    get(handle) {
      const page = this.page(handle);
      const value = page ? page.slots[handle & 63] : GONE;
      return value === GONE ? undefined : value;
    }

    delete(handle) {
      const page = this.page(handle);
      if (!page || page.slots[handle & 63] === GONE) return;
      page.slots[handle & 63] = GONE;
      this.size--;
      if (--page.live === 0 && page !== this.filling) this.forget(handle >>> 6);
    }

    all() {
      return [...this.pages.values()].flatMap((page) => page.slots.filter((value) => value !== GONE));
    }
  }

  const own = {
    values: new Values(), // that C refers to

    handle(value) {
      return bridge.values.add(value);
    },

    value(handle) {
      return bridge.values.get(handle >>> 0);
    },

    Pending: class {
      constructor(promise, cancel, crossing) {
        this.promise = promise;
        this.cancel = cancel; // called with C's message, a pointer; says whether to forget the promise at once
        this.crossing = crossing; // how its outcome becomes C's: given(value) for C, statusOf(reason)
        this.future = 0; // C's future, while it waits
      }
    },

    // ---- Turns: at most one is wanted soon, and one timer is armed for the earliest deadline. Work that arrives while
    // nothing else is to do gets its turn in a microtask, which costs a tenth of a task. A hop, a task of the host's,
    // is under way meanwhile: it tells C that the page has had its turn, and for how long it may go on in microtasks.
    TURN: { timer: 0, hop: 1, microtask: 2 },
    timer: undefined,
    hop: undefined, // begins a hop
    hopping: false, // one is under way
    microtask: Promise.resolve(), // cheaper than Node's queueMicrotask

    // [patient]: in a task.
    wakeSoon(patient) {
      if (!bridge.hopping) {
        bridge.hopping = true;
        if (!bridge.hop) bridge.hop = bridge.makeHop();
        bridge.hop();
      }
      if (!patient) bridge.microtask.then(bridge.microtaskTurn);
    },

    // A task of the host's that is neither clamped like a timer nor able to starve the page like a microtask.
    makeHop() {
      if (typeof setImmediate === 'function') return () => setImmediate(bridge.hopped);
      const webkitWindow = typeof window === 'object' && typeof window.webkitURL === 'function' && !('chrome' in window);
      if (webkitWindow && window.postMessage) return bridge.makeMessageHop();
      const channel = new MessageChannel();
      channel.port1.onmessage = bridge.hopped;
      return () => channel.port2.postMessage(0);
    },

    // In WebKit's windows a message to oneself takes 5 us, one through a MessageChannel 127.
    makeMessageHop() {
      const mark = { asyncio: Math.random() };
      addEventListener('message', (event) => {
        if (event.source === window && event.data && event.data.asyncio === mark.asyncio) bridge.hopped();
      });
      return () => window.postMessage(mark, '*');
    },

    hopped() {
      bridge.hopping = false;
      bridge.turn(bridge.TURN.hop);
    },

    microtaskTurn() {
      bridge.turn(bridge.TURN.microtask);
    },

    turn(kind) {
      core.guard(core.turn, kind);
    },

    armTimer(deadline) {
      clearTimeout(bridge.timer);
      if (deadline === Infinity) return;
      const delay = Math.ceil((deadline - core.now()) * 1e3);
      bridge.timer = setTimeout(bridge.timerFired, Math.min(Math.max(delay, 0), 0x7fffffff));
    },

    timerFired() {
      bridge.turn(bridge.TURN.timer);
    },

    // What was thrown, in words; it may be anything, with getters that throw.
    describe(reason) {
      try {
        if (reason instanceof Error) return `${reason.name}: ${reason.message}`;
        if (typeof reason === 'object' && reason !== null && reason.constructor === Object) return JSON.stringify(reason);
        return String(reason);
      } catch {
        return 'a value that cannot be put into words';
      }
    },

    // ---- Promises: the outcome goes to C's future in a microtask, outside any C frame.
    incoming: undefined, // bytes for C to fetch

    watch(handle, future) {
      const pending = bridge.values.get(handle);
      if (!(pending instanceof bridge.Pending) || pending.future) return false;
      pending.future = future;
      const settled = (settle) => (outcome) => {
        if (pending.future) core.guard(() => settle(handle, pending, outcome));
      };
      new Promise((resolve) => resolve(pending.promise)).then(settled(bridge.resolved), settled(bridge.rejected));
      return true;
    },

    take(handle, pending) {
      const future = pending.future;
      pending.future = 0;
      bridge.values.delete(handle);
      return future;
    },

    resolved(handle, pending, value) {
      let given;
      try {
        given = pending.crossing.given(value);
      } catch (error) {
        return bridge.rejected(handle, pending, error);
      }
      const future = bridge.take(handle, pending);
      bridge.incoming = given.bytes;
      core.resolved(future, given.kind, given.number, given.size);
      bridge.incoming = undefined;
    },

    rejected(handle, pending, reason) {
      const future = bridge.take(handle, pending);
      bridge.incoming = new TextEncoder().encode(bridge.describe(reason));
      core.rejected(future, pending.crossing.statusOf(reason), bridge.incoming.length, bridge.handle(reason));
      bridge.incoming = undefined;
    },

    abandon(handle, message) {
      const pending = bridge.values.get(handle);
      if (!(pending instanceof bridge.Pending)) return true;
      const forget = pending.cancel(message); // whose listeners may cancel it once more
      if (forget) bridge.take(handle, pending);
      return forget;
    },
  };
  // The larger object takes the smaller one's properties: of more than it had at first V8 makes a dictionary.
  const bridge = more ? Object.assign(more, own) : own;
  return bridge;
}
