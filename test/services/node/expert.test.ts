import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../servers.ts';
import { installedDisk } from './installed.ts';
import { OwnNode } from './own-node.ts';

/** An expert node, without a console, that one command makes a management node: refused, cut off, done. */
const LIMIT = 900_000;
const ADDRESS = '10.0.2.15';
const INSTALL = ['zstack-installer', '-E', '-o', '-I', 'ens3'];

let node: OwnNode;
const starts = async () => {
  await node.start();
  await until(async () => (await node.attempt('nmcli', 'general')).code === 0 || undefined);
};
beforeAll(async () => {
  node = new OwnNode(await installedDisk('expert'));
  await starts();
}, LIMIT);
afterAll(() => node?.end());

const isActive = async (unit: string) =>
  (await node.attempt('systemctl', 'is-active', '-q', unit)).code === 0;

test(
  'its terminal is a log-in prompt, and what cannot be is refused before anything changes',
  async () => {
    await until(
      async () => (await node.attempt('test', '-e', '/etc/zs-node/first-boot')).code === 1 || undefined,
      120,
    );
    expect(await node.run('zs-role')).toBe('expert');
    expect(await isActive('zs-console@tty1.service')).toBe(false);
    const wrong = async (...words: string[]) => {
      const { code, stderr } = await node.attempt('zstack-installer', ...words);
      return `${code} ${stderr.trim()}`;
    };
    expect([
      await wrong('-E', '-I', 'ens9'),
      await wrong('-E', '-I', 'ens3'),
      await wrong('-E', '-i', '10.0.2.99'),
      await wrong('-D', '--yes'),
      await wrong('-E', '-r', '/srv'),
    ]).toMatchInlineSnapshot(`
      [
        "2 zstack-installer: -I: there is no NIC ens9 (--help tells)",
        "2 zstack-installer: -I: ens3 has no address (--help tells)",
        "2 zstack-installer: -i: 10.0.2.99 is no address of this node (--help tells)",
        "2 zstack-installer: this node is no management node that is set up: call it without -D",
        "2 zstack-installer: -r: the product is in /usr/local/zstack, and nowhere else (--help tells)",
      ]
    `);
    expect(await node.run('zs-role')).toBe('expert');
    expect(await node.run('rpm', '-qa', 'zs-role-*')).toMatch(/^zs-role-expert-/);
  },
  LIMIT,
);

test(
  'cut off in the midst of it and called again, it is a management node that serves at the NIC’s address',
  async () => {
    await node.shell(`
      nmcli connection add type ethernet con-name own ifname ens3 ipv4.method manual ipv4.addresses ${ADDRESS}/24
      nmcli connection up own`);
    const underWay = node.attempt(...INSTALL);
    await until(
      async () => (await node.attempt('rpm', '-q', 'zs-role-management')).code === 0 || undefined,
      300,
    );
    await node.cut();
    await underWay;
    await starts();
    await until(
      async () =>
        (await node.run('ip', '-o', '-4', 'address', 'show', 'ens3')).includes(ADDRESS) || undefined,
    );
    const { code, stdout, stderr } = await node.attempt(...INSTALL);
    // The next boot may have gone on by itself, and be done.
    if (code !== 0) expect(stderr).toMatch(/is a management node already/);
    else expect(stdout).toContain('Management node ready');
    expect(await node.run('zs-role')).toBe('management');
    expect(await node.run('rpm', '-qa', 'zs-role-*')).toMatch(/^zs-role-management-\S+$/);
    await until(
      async () =>
        (await node.run('zstack-ctl', 'status')).includes('MariaDB store, RabbitMQ messages') || undefined,
      300,
    );
    const log = await node.run('cat', '/tmp/zstack_installation.log');
    expect(log).toContain(`Management node ready: API at http://${ADDRESS}:8080; first account: admin`);
  },
  LIMIT,
);
