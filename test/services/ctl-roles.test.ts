import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../src/system/exec.ts';
import { openFolder } from './servers.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = openFolder('ctl-roles-');
  mkdirSync(join(folder, 'config'), { recursive: true });
  writeFileSync(join(folder, 'config', 'role'), 'compute\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const ctl = (...words: string[]) =>
  run([process.execPath, CLI, 'zstack-ctl', ...words, '--data', folder], { timeout: 60_000 });

test('a compute node tells its role, its controller and libvirt', async () => {
  const { code, stdout } = await ctl('status');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Node role: compute\nController: Stopped\nlibvirt: (Running, \d+ VMs run|Unknown: .+)\nversion: /,
  );
});

test.each(['ui_status', 'dump_mysql', 'start_node', 'show_configuration', 'reset_rabbitmq'])(
  '%s is about a management node, and says so on a compute node',
  async (word) => {
    const { code, stderr } = await ctl(word);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`this node’s role is compute: ${word}`)]);
    expect(stderr).toContain('run it on the management node');
  },
);

test('what reaches several machines is known, and says what stands in its way', async () => {
  writeFileSync(join(folder, 'config', 'role'), 'management\n');
  for (const word of [
    'deploydb',
    'install_rabbitmq',
    'add_multi_management',
    'upgrade_multi_management_node',
  ]) {
    const { code, stderr } = await ctl(word);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`this version has no ${word}`)]);
  }
  const { code, stdout } = await ctl('show_configuration');
  expect([code, stdout]).toEqual([0, 'nothing is set: every setting has its default\n']);
});
