import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));
const ran = (name: string, ...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script(name), ...words], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr: stderr.replace(/^.*ExperimentalWarning.*\n|^\(Use .*\n/gm, '') };
};

test.each(['start.mts', 'vm/demo.mts'])(
  '%s tells its options, and refuses others before it does anything',
  (name) => {
    expect(ran(name, '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--role') });
    for (const words of [['--bogus'], ['--role', 'kitchen'], ['word']]) {
      const { status, stdout, stderr } = ran(name, ...words);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  },
  300_000,
);
