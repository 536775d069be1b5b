import { expect } from 'vitest';
import { cutAndStart, installed, isOver, logSays, seeConsole, times, tty1Says } from './driver/first-boot.ts';
import { machineTest } from './driver/machine-test.ts';
import { attention } from './driver/managed.ts';
import { PROPERTIES, serviceRuns } from './driver/management.ts';
import { BOOT_MS } from './driver/wait.ts';

/** The node's own NIC has no address. */
const NO_ADDRESS = `
sed -i -e '/^address1=/d' -e 's/^method=manual/method=disabled/' /etc/NetworkManager/system-connections/management.nmconnection
`;

/** Files and fields of the journal that hold one of the words. */
const SEARCH = `
cat > /run/words
LC_ALL=C grep -rlaF -D skip --exclude-dir=journal --exclude=words -f /run/words /etc /root /run /tmp /usr/local /var | sort
journalctl --no-pager --all -o export | LC_ALL=C grep -aFf /run/words | sed 's/^/journal: /'
rm /run/words
`;

machineTest(
  'management: waits for an address with the console on tty1, goes on by itself, and again after a power cut',
  async (lab) => {
    const node = await installed(lab, 'management', NO_ADDRESS);
    const said = await logSays(node, /What to do: F2, Configure Networks, on the console/);
    expect(said).toContain('Waiting: no NIC has a usable address');
    await seeConsole(node);
    expect(await attention(node)).toContainEqual(
      expect.stringContaining('this node is not set up yet: no NIC has a usable address'),
    );
    await node.shell(
      'nmcli connection modify management ipv4.method manual ipv4.addresses 10.0.2.15/24; nmcli connection up management; sync',
      { limitMs: BOOT_MS },
    );
    await logSays(node, /starting the message broker/);
    await cutAndStart(node);
    await tty1Says(node, /Setting this node up: management/);
    const lines = await logSays(node, /Management node ready/);
    console.log(`after the cut:\n${await times(node)}`);
    expect(lines.at(-1)).toMatch(
      /^Management node ready: API at http:\/\/10\.0\.2\.15:8080; first account: admin,/,
    );
    await seeConsole(node);
    await isOver(node);
    await serviceRuns(node, 'MariaDB store, RabbitMQ messages');
    expect(await attention(node)).not.toContainEqual(expect.stringContaining('set up'));
    const words = await node.shell(
      `sed -n 's/^.*[pP]assword = //p' ${PROPERTIES}; cat /etc/zs-node/mysql-root-password`,
    );
    expect(
      words
        .trim()
        .split('\n')
        .map((word) => word.length),
    ).toEqual([32, 32, 32]);
    const found = await node.attempt(['sh', '-c', SEARCH], { stdin: words });
    expect(found.stdout.toString()).toBe(`/etc/zs-node/mysql-root-password\n${PROPERTIES}\n`);
  },
  80,
);
