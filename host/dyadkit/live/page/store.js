// What is known of the session: lanes as growing typed arrays, and the newest state, labels, marks.
// Memory is bounded: what is older than a lane keeps is asked of the server when it is looked at.

const KEPT = { pulse: 36000, other: 45000 }; // 12 minutes of pulse at 50 Hz, 3 hours of a 4 Hz lane

class Lane {
  constructor(limit) {
    this.limit = limit;
    this.times = new Float64Array(limit * 2);
    this.values = new Float32Array(limit * 2);
    this.length = 0;
  }

  // Samples come in order; what was fetched later is put where it belongs.
  add(times, values) {
    if (!times.length) return;
    if (this.length + times.length > this.times.length) this.forget(times.length);
    if (this.length && times[0] < this.times[this.length - 1]) return this.insert(times, values);
    for (let i = 0; i < times.length; i++) {
      this.times[this.length] = times[i];
      this.values[this.length++] = values[i] === null ? NaN : values[i];
    }
  }

  insert(times, values) {
    const place = this.find(times[0]);
    const later = [];
    for (let i = place; i < this.length; i++) later.push([this.times[i], this.values[i]]);
    for (let i = 0; i < times.length; i++) later.push([times[i], values[i] === null ? NaN : values[i]]);
    later.sort((one, other) => one[0] - other[0]);
    this.length = place;
    for (const [time, value] of later) {
      this.times[this.length] = time;
      this.values[this.length++] = value;
    }
  }

  forget(coming) {
    const drop = Math.min(this.length, Math.max(this.length - this.limit + coming, coming));
    this.times.copyWithin(0, drop, this.length);
    this.values.copyWithin(0, drop, this.length);
    this.length -= drop;
  }

  // First place whose time is not before `time`.
  find(time) {
    let low = 0, high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get first() { return this.length ? this.times[0] : Infinity; }
}

export class Store {
  constructor() {
    this.clear();
    this.labels = { title: "", codes: {}, roles: {}, pads: [] };
    this.marks = [];
    this.conditions = [];
    this.state = null;
  }

  clear() {
    this.lanes = {};
    this.now = 0; // session time of the newest message, and when it came
    this.came = 0;
    this.stamps = []; // how old the newest pulse sample was when it was taken in, in seconds
  }

  lane(name) {
    const limit = name.endsWith("/pulse") ? KEPT.pulse : KEPT.other;
    return (this.lanes[name] ??= new Lane(limit));
  }

  takeLanes(message) {
    for (const [name, [times, values]] of Object.entries(message.lanes)) this.lane(name).add(times, values);
    if (message.now_s !== undefined) {
      this.now = message.now_s;
      this.came = performance.now();
      const pulse = this.lanes["a/pulse"];
      if (pulse?.length) this.stamps.push(message.now_s - pulse.times[pulse.length - 1]);
      if (this.stamps.length > 600) this.stamps.shift();
    }
  }

  // Session time now, moving on between messages, so that traces move and do not jump.
  time() {
    const since = this.came ? Math.min((performance.now() - this.came) / 1000, 1) : 0;
    const speed = this.state?.speed === undefined ? 1 : this.state.paused ? 0 : Math.min(this.state.speed, 4);
    return this.now + since * speed;
  }
}
