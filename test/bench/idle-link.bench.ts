import { setTimeout as delay } from 'node:timers/promises';
import { issueToken } from '../../src/node/cluster/schema/members.ts';
import { CloudWorld } from '../services/guests/cloud-world.ts';
import { addressed, HostWorld } from '../services/guests/host-world.ts';
import { ask, joins, relayed } from '../services/guests/joining.ts';
import { type Bench, scale } from './row.ts';

const MANAGEMENT = '192.0.2.2';
const HOST = '192.0.2.3';
const SETTLED_MILLISECONDS = 20_000;
const MEASURED_MILLISECONDS = Math.ceil(300_000 * scale);

/** What a joined host and its management node say to each other while nothing happens: all bytes of the host's NIC. */
const bench: Bench = async () => {
  const manager = await CloudWorld.start('management_nic = em01\n');
  await addressed(manager.network, MANAGEMENT);
  const relay = relayed(manager.network, MANAGEMENT);
  const host = await HostWorld.start(manager.network, HOST);
  try {
    await manager.loggedIn();
    await manager.cloud.until(['QueryHost'], ([own]) => own?.status === 'Connected');
    await joins(
      host.network,
      MANAGEMENT,
      await ask(manager.network, (line) => line.call(issueToken, { uses: 1, minutes: 10 })),
    );
    await manager.cloud.until(['QueryHost', `managementIp=${HOST}`], ([far]) => far?.status === 'Connected');
    await delay(SETTLED_MILLISECONDS);
    const [before, from] = [await bytes(host), performance.now()];
    await delay(MEASURED_MILLISECONDS);
    const seconds = (performance.now() - from) / 1000;
    const value = ((await bytes(host)) - before) / seconds;
    return [{ name: 'an idle joined host on the wire', value, unit: 'bytes/s', limit: 100 }];
  } finally {
    relay.kill('SIGKILL');
    await host.end();
    await manager.end();
  }
};
export default bench;

async function bytes({ network }: HostWorld): Promise<number> {
  const of = (way: string) => `/sys/class/net/em01/statistics/${way}_bytes`;
  const said = await network.inside('cat', of('rx'), of('tx'));
  return said
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
}
