import type { Kysely } from 'kysely';
import type { Table, TablesOf } from '../../src/management/define/table.ts';
import { HOSTS, SESSION, uuidAt, VMS, ZONES } from './api-rows.ts';

/** A cloud of 10,000 hosts and 100,000 VMs with a NIC and a volume each. */
export const fill = (database: Kysely<object>): Promise<void> => database.transaction().execute(fillIn);

async function fillIn(database: Kysely<object>): Promise<void> {
  const tables = database.withTables<TablesOf<Table>>();
  const insert = async (table: string, rows: object[]) => {
    for (let at = 0; at < rows.length; at += 500) {
      const some = rows.slice(at, at + 500);
      await tables
        .insertInto(table as never)
        .values(some as never)
        .execute();
    }
  };
  const account = uuidAt(9_000_000);
  await insert('account', [
    { uuid: account, name: 'bench', description: null, type: 'SystemAdmin', password: '', ...dates },
  ]);
  await insert('session', [
    {
      ...{ uuid: SESSION, accountUuid: account, userUuid: account, accountType: 'SystemAdmin' },
      ...{ expiredDate: Date.now() + 3_600_000, createDate: 1 },
    },
  ]);
  const plain = { description: null, state: 'Enabled', type: 'zstack', ...dates };
  const zones = Array.from({ length: ZONES }, (_, at) => uuidAt(1_000_000 + at));
  await insert(
    'zone',
    zones.map((uuid, at) => ({ uuid, name: `zone ${at}`, ...plain })),
  );
  await insert(
    'cluster',
    zones.map((zoneUuid, at) => ({
      ...{ uuid: uuidAt(2_000_000 + at), name: `cluster ${at}`, hypervisorType: 'KVM', zoneUuid, ...plain },
    })),
  );
  await insert(
    'host',
    Array.from({ length: HOSTS }, (_, at) => hostRow(at, zones[at % ZONES] ?? '')),
  );
  for (const [table, row] of parts(zones[0] ?? '')) await insert(table, [row]);
  await insert(
    'vm_instance',
    made((at) => vmRow(at, zones[at % ZONES] ?? '')),
  );
  await insert('vm_nic', made(nicRow));
  await insert('volume', made(volumeRow));
}

function hostRow(at: number, zoneUuid: string) {
  return {
    ...{ uuid: uuidAt(at), name: `host ${at}`, description: 'row 3, place 7', zoneUuid },
    ...{ clusterUuid: uuidAt(2_000_000 + (at % ZONES)), managementIp: '192.0.2.1', hypervisorType: 'KVM' },
    ...{ state: at % 3 === 0 ? 'Disabled' : 'Enabled', status: 'Connected', cpuSockets: 2, cpuNum: 64 },
    ...{ totalCpuCapacity: 640, availableCpuCapacity: 500, totalMemoryCapacity: 2 ** 38 },
    ...{ availableMemoryCapacity: 2 ** 37, username: null, sshPort: null, createDate: 1, lastOpDate: 1 },
    ...{ keyHash: String(at), version: '2.2.0', heard: 1, why: null },
  };
}

const made = (row: (at: number) => object) => Array.from({ length: VMS }, (_, at) => row(at));
const dates = { createDate: 1, lastOpDate: 1 };
const enabled = { description: null, state: 'Enabled', ...dates };
const IMAGE = uuidAt(4_000_000);
const OFFERING = uuidAt(4_000_001);
const L2 = uuidAt(4_000_002);
const L3 = uuidAt(4_000_003);
const vmAt = (at: number) => uuidAt(5_000_000 + at);
const volumeAt = (at: number) => uuidAt(6_000_000 + at);

/** What VMs are made of. */
const parts = (zoneUuid: string): [string, object][] => [
  [
    'image',
    {
      ...{
        uuid: IMAGE,
        name: 'image',
        status: 'Ready',
        size: 2 ** 31,
        actualSize: 2 ** 29,
        url: 'http://x/',
      },
      ...{ mediaType: 'RootVolumeTemplate', type: 'zstack', platform: 'Linux', format: 'qcow2', system: 0 },
      ...enabled,
    },
  ],
  [
    'instance_offering',
    {
      ...{ uuid: OFFERING, name: 'offering', cpuNum: 2, cpuSpeed: 0, memorySize: 2 ** 31, type: 'UserVm' },
      ...{ allocatorStrategy: 'LeastVmPreferredHostAllocatorStrategy', sortKey: 0, ...enabled },
    },
  ],
  [
    'l2_network',
    { uuid: L2, name: 'l2', zoneUuid, physicalInterface: 'em02', type: 'L2NoVlanNetwork', ...dates },
  ],
  [
    'l3_network',
    {
      ...{ uuid: L3, name: 'l3', type: 'L3BasicNetwork', zoneUuid, l2NetworkUuid: L2, system: 0 },
      ...{ category: 'Private', ...enabled },
    },
  ],
];

function vmRow(at: number, zoneUuid: string) {
  const hostUuid = uuidAt(at % HOSTS);
  return {
    ...{ uuid: vmAt(at), name: `vm ${at}`, description: 'row 3, place 7', zoneUuid },
    ...{ clusterUuid: uuidAt(2_000_000 + (at % ZONES)), imageUuid: IMAGE, hostUuid, lastHostUuid: hostUuid },
    ...{ instanceOfferingUuid: OFFERING, rootVolumeUuid: volumeAt(at), platform: 'Linux', type: 'UserVm' },
    ...{ defaultL3NetworkUuid: L3, hypervisorType: 'KVM', memorySize: 2 ** 31, cpuNum: 2, cpuSpeed: 0 },
    ...{ state: at % 3 === 0 ? 'Stopped' : 'Running', homeHostUuid: hostUuid, ...dates },
  };
}

const nicRow = (at: number) => ({
  ...{
    uuid: uuidAt(7_000_000 + at),
    vmInstanceUuid: vmAt(at),
    l3NetworkUuid: L3,
    ip: '192.0.2.1',
    deviceId: 0,
  },
  ...{
    mac: `fa:${at
      .toString(16)
      .padStart(10, '0')
      .replace(/..(?!$)/g, '$&:')}`,
    netmask: '255.255.255.0',
  },
  ...{ gateway: '192.0.2.254', ...dates },
});

const volumeRow = (at: number) => ({
  ...{ uuid: volumeAt(at), name: `ROOT-for-vm ${at}`, vmInstanceUuid: vmAt(at), rootImageUuid: IMAGE },
  ...{ installPath: `/zstack_ps/rootVolumes/${at}.qcow2`, type: 'Root', format: 'qcow2', size: 2 ** 31 },
  ...{ actualSize: 2 ** 28, deviceId: 0, status: 'Ready', isShareable: 0, ...enabled },
});
