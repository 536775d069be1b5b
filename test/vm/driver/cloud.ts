import { readFile } from 'node:fs/promises';
import { lightGuest } from '../../../scripts/vm/tiny-guest.mts';
import { Cloud, type Told } from '../../fakes/cloud.ts';
import { type Furnished, furnish } from '../../fakes/furnish.ts';
import type { Machine } from './machine.ts';
import { until } from './wait.ts';

/** On a machine that has much to do, what makes a VM takes minutes. */
export const CLOUD_MS = 600_000;
const SECONDS = CLOUD_MS / 1000;
const IMAGE = '/var/lib/zstack/import/tiny.qcow2';

/** zstack-cli as an administrator in a shell of this management node uses it. */
export const cloudOf = (node: Machine): Cloud =>
  new Cloud(async (words) => {
    const asAdmin = ['env', 'HOME=/root', 'ZSTACK_CLI_PASSWORD=password', 'zstack-cli'];
    const { code, stdout, stderr } = await node.attempt([...asAdmin, ...words], { limitMs: CLOUD_MS });
    return { code, stdout: stdout.toString(), stderr: stderr.toString() };
  });

export const loggedIn = (cloud: Cloud): Promise<true> =>
  until(
    'a log-in',
    async () => (await cloud.cli('LogInByAccount', 'accountName=admin')).code === 0 || undefined,
    {
      ...{ limitMs: CLOUD_MS, everyMs: 1_000 },
    },
  );

/** Logs in, and waits until the node has become the first host of its own cluster. @returns that host */
export async function firstHost(cloud: Cloud): Promise<Told> {
  await loggedIn(cloud);
  return (await cloud.until(['QueryHost'], ([host]) => host?.status === 'Connected', SECONDS))[0];
}

/** All that a VM is made of. @param nic of every host, on whose wire VMs are */
export async function furnished(node: Machine, cloud: Cloud, host: Told, nic: string): Promise<Furnished> {
  await node.put(IMAGE, await readFile(await lightGuest()));
  const { zoneUuid: zone, clusterUuid: cluster } = host;
  const places = { storage: '/vms', images: '/var/lib/zstack/images', image: IMAGE };
  return furnish(cloud, { zone, cluster, nic, ...places });
}

/** Waits until the records have a VM in this state. */
export const isVm = (cloud: Cloud, { uuid }: Told, state: string): Promise<Told[]> =>
  cloud.until(['QueryVmInstance', `uuid=${uuid}`], ([vm]) => vm?.state === state, SECONDS);
