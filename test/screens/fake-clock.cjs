// Wall clock that is moved by a file: milliseconds in the file that FAKE_CLOCK names are added to the real one. The
// monotonic clock goes on, as it does when somebody sets a machine's clock.
const { readFileSync } = require('node:fs');
const Real = Date;
let read = Number.NEGATIVE_INFINITY;
let offset = 0;
function moved() {
  if (performance.now() - read > 50) {
    read = performance.now();
    try {
      offset = Number(readFileSync(process.env.FAKE_CLOCK, 'utf8')) || 0;
    } catch {
      offset = 0;
    }
  }
  return offset;
}
globalThis.Date = class extends Real {
  constructor(...args) {
    if (args.length === 0) super(Real.now() + moved());
    else super(...args);
  }
  static now() {
    return Real.now() + moved();
  }
};
