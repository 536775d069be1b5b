import { equal, ok } from 'node:assert/strict';
import type { Cloud } from './cloud.ts';

export interface Places {
  zone: string;
  cluster: string;
  /** The NIC of hosts that VMs are on. */
  nic: string;
  /** Folders of volumes and of images. */
  storage: string;
  images: string;
  /** A qcow2 in the folder of imports. */
  image: string;
}

/** What a VM is made of, each by its uuid. */
export interface Furnished {
  storage: string;
  image: string;
  offering: string;
  l3: string;
}

/** Words of a call that makes a VM of it. */
export const vmWords = ({ offering, image, l3 }: Furnished): string[] => [
  `instanceOfferingUuid=${offering}`,
  `imageUuid=${image}`,
  `l3NetworkUuids=${l3}`,
];

/** An empty cloud gets a storage, an image, an offering of 128 MB and a flat network: 198.51.100.9 to .20, with DHCP. */
export async function furnish(cloud: Cloud, { zone, cluster, ...of }: Places): Promise<Furnished> {
  const made = async (...words: string[]) => (await cloud.made(...words)).uuid;
  const storage = await made('AddLocalPrimaryStorage', 'name=local', `url=${of.storage}`, `zoneUuid=${zone}`);
  const attached = await cloud.made(
    'AttachPrimaryStorageToCluster',
    `primaryStorageUuid=${storage}`,
    `clusterUuid=${cluster}`,
  );
  ok(attached.totalCapacity > 0);
  const login = ['hostname=127.0.0.1', 'username=root', 'password=none'];
  const server = await made('AddSftpBackupStorage', 'name=images', ...login, `url=${of.images}`);
  const words = ['name=tiny', `url=file://${of.image}`, 'format=qcow2', `backupStorageUuids=${server}`];
  const image = await cloud.made('AddImage', ...words);
  equal(image.status, 'Ready');
  const offering = await made('CreateInstanceOffering', 'name=small', 'cpuNum=1', `memorySize=${2 ** 27}`);
  const l3 = await network(cloud, zone, cluster, of.nic);
  return { storage, image: image.uuid, offering, l3 };
}

async function network(cloud: Cloud, zone: string, cluster: string, nic: string): Promise<string> {
  const on = [`zoneUuid=${zone}`, `physicalInterface=${nic}`];
  const l2 = await cloud.made('CreateL2NoVlanNetwork', 'name=l2', ...on);
  await cloud.made('AttachL2NetworkToCluster', `l2NetworkUuid=${l2.uuid}`, `clusterUuid=${cluster}`);
  const l3 = await cloud.made('CreateL3Network', 'name=flat', `l2NetworkUuid=${l2.uuid}`);
  const ends = ['startIp=198.51.100.9', 'endIp=198.51.100.20'];
  const range = [...ends, 'netmask=255.255.255.0', 'gateway=198.51.100.1'];
  await cloud.made('AddIpRange', 'name=r', `l3NetworkUuid=${l3.uuid}`, ...range);
  const [provider] = await cloud.found('QueryNetworkServiceProvider', 'type=Flat');
  const services = `networkServices={"${provider.uuid}":["DHCP"]}`;
  await cloud.made('AttachNetworkServiceToL3Network', `l3NetworkUuid=${l3.uuid}`, services);
  return l3.uuid;
}
