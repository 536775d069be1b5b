import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '../../../src/api/secret-text.ts';
import { LockoutStore } from '../../../src/guard/lockout-store.ts';
import { PasswordCheck } from '../../../src/guard/password.ts';
import { bootMilliseconds } from '../../../src/system/posix.ts';

// One checker of several: tries wrong passwords on several lines at once. Its first answer waits until every checker
// has been asked, so that all are in the middle of an attempt at the same time. Prints how often PAM was asked.

const [folder = '', name = '', tries = '', ...all] = process.argv.slice(2);
const LINES = ['tty1', 'tty2', 'tty3'];
let asked = 0;

const check = new PasswordCheck({
  store: new LockoutStore([join(folder, 'guard')], folder, () => {}),
  now: bootMilliseconds,
  wait: async () => {},
  state: async () => 'usable',
  isPassword: async () => {
    asked += 1;
    writeFileSync(join(folder, `asked-${name}`), '');
    while (!all.every((other) => existsSync(join(folder, `asked-${other}`)))) await sleep(1);
    return false;
  },
  record: async () => {},
});

await Promise.all(
  LINES.map(async (line) => {
    for (let index = 0; index < Number(tries); index += 1) {
      const caller = { uid: 0, pid: 1, line, program: 'console' };
      await check.check(caller, new Secret('wrong'), () => {}).catch(() => {});
    }
  }),
);
process.stdout.write(String(asked));
