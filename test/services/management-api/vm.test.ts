import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { same } from '../../../src/api/words.ts';
import type { TablesOf } from '../../../src/management/define/table.ts';
import type { host as hosts } from '../../../src/management/resource/host/resource.ts';
import { followVms } from '../../../src/management/resource/vm/follow.ts';
import { VmWorld } from './vm-world.ts';
import { ENGINES } from './world.ts';

const GIBIBYTE = 2 ** 30;

describe.each(ENGINES)('%s', (engine) => {
  let world: VmWorld;
  beforeAll(async () => {
    world = await VmWorld.start(engine);
  });
  afterAll(() => world.end());
  beforeEach(() => {
    world.orders.at = () => {};
    world.orders.done.length = 0;
  });

  /** What hosts, storages and networks have left. */
  async function left() {
    const { host, storage } = world.has;
    const query = world.database.withTables<TablesOf<typeof hosts>>().selectFrom('host').selectAll();
    const row = await query.where('uuid', '=', host).executeTakeFirstOrThrow();
    const [{ availableCapacity: room }] = await world.find('QueryPrimaryStorage', 'uuid', storage);
    return { cpu: row.availableCpuCapacity, memory: row.availableMemoryCapacity, room };
  }

  const rows = async (uuid: string) => ({
    vms: await world.find('QueryVmInstance', 'uuid', uuid),
    nics: await world.find('QueryVmNic', 'vmInstanceUuid', uuid),
    volumes: await world.find('QueryVolume', 'vmInstanceUuid', uuid),
  });

  async function gone(uuid: string): Promise<void> {
    await world.ask('DestroyVmInstance', { uuid });
    expect(await world.ask('ExpungeVmInstance', { uuid })).toEqual({});
    expect(await rows(uuid)).toEqual({ vms: [], nics: [], volumes: [] });
    expect(world.orders.isClean).toBe(true);
  }

  test('made, running, told with its NICs and its volume; gone without a trace', async () => {
    const { inventory } = await world.ask('CreateVmInstance', world.vm({ systemTags: ['hostname::first'] }));
    const { host, l3, storage, image, cluster, zone } = world.has;
    expect(inventory).toMatchObject({
      ...{
        state: 'Running',
        hostUuid: host,
        lastHostUuid: host,
        clusterUuid: cluster,
        zoneUuid: zone,
        imageUuid: image,
      },
      ...{
        cpuNum: 2,
        memorySize: GIBIBYTE,
        platform: 'Linux',
        type: 'UserVm',
        hypervisorType: 'KVM',
        defaultL3NetworkUuid: l3,
      },
      vmNics: [{ l3NetworkUuid: l3, deviceId: 0, gateway: '10.0.0.1', netmask: '255.255.255.240' }],
      allVolumes: [
        {
          type: 'Root',
          status: 'Ready',
          size: 3 * GIBIBYTE,
          primaryStorageUuid: storage,
          format: 'qcow2',
          isShareable: false,
        },
      ],
    });
    expect(inventory.rootVolumeUuid).toBe(inventory.allVolumes[0].uuid);
    expect(world.orders.done).toEqual([
      'storage.connect',
      'image.ensure',
      'volume.create',
      'l2.ensure',
      'dhcp.set',
      'vm.start',
    ]);
    const [nic] = inventory.vmNics;
    expect(world.orders.leases.get(`${l3} ${nic.mac}`)).toBe(nic.ip);
    expect(world.orders.defined.get(inventory.uuid)).toMatchObject({
      ...{
        name: 'vm',
        cpuNum: 2,
        memorySize: GIBIBYTE,
        platform: 'Linux',
        videoType: 'cirrus',
        bootMenu: true,
      },
      ...{
        volumes: [{ volume: inventory.rootVolumeUuid, storage }],
        nics: [{ mac: nic.mac, l2: world.has.l2 }],
      },
    });
    expect(await left()).toEqual({ cpu: 14, memory: 7 * GIBIBYTE, room: 97 * GIBIBYTE });
    const [tag] = await world.find('QuerySystemTag', 'resourceUuid', l3);
    expect(tag).toMatchObject({
      inherent: true,
      tag: expect.stringMatching(/^flatNetwork::DhcpServer::10\.0\.0\.\d+::ipUuid::/),
    });
    expect(await world.find('QueryVmInstance', 'vmNics.ip', nic.ip)).toHaveLength(1);
    await gone(inventory.uuid);
    expect(await left()).toEqual({ cpu: 16, memory: 8 * GIBIBYTE, room: 100 * GIBIBYTE });
  });

  test('stopped, started, paused, resumed, rebooted; each only from its states', async () => {
    const { inventory } = await world.ask('CreateVmInstance', world.vm());
    const { uuid } = inventory;
    const act = async (name: string, more: object = {}) => world.ask(`${name}VmInstance`, { uuid, ...more });
    expect((await act('Start')).error).toMatchObject({
      code: 'SYS.1006',
      details: expect.stringContaining('Created, Stopped'),
    });
    expect((await act('Resume')).error.details).toContain('Paused');
    expect((await act('Pause')).inventory.state).toBe('Paused');
    expect((await act('Resume')).inventory.state).toBe('Running');
    expect((await act('Reboot')).inventory.state).toBe('Running');
    expect((await act('Stop')).inventory).toMatchObject({ state: 'Stopped', lastHostUuid: world.has.host });
    expect(await left()).toMatchObject({ cpu: 16, memory: 8 * GIBIBYTE, room: 97 * GIBIBYTE });
    expect((await act('Start')).inventory).toMatchObject({ state: 'Running', hostUuid: world.has.host });
    expect((await act('Stop', { type: 'cold' })).inventory.state).toBe('Stopped');
    expect(world.orders.done.slice(-7)).toEqual([
      'vm.resume',
      'vm.reboot',
      'vm.stop',
      'l2.ensure',
      'dhcp.set',
      'vm.start',
      'vm.powerOff',
    ]);
    await act('Destroy');
    expect((await act('Recover')).inventory.state).toBe('Stopped');
    await gone(uuid);
  });

  test('only written down, started later', async () => {
    const made = await world.ask('CreateVmInstance', world.vm({ strategy: 'JustCreate' }));
    expect(made.inventory).toMatchObject({ state: 'Created', allVolumes: [{ status: 'NotInstantiated' }] });
    expect(world.orders.done).toEqual([]);
    const { uuid } = made.inventory;
    world.orders.at = failingAt('vm.start');
    expect((await world.ask('StartVmInstance', { uuid })).error.details).toBe('not today');
    expect((await rows(uuid)).vms).toMatchObject([
      { state: 'Created', allVolumes: [{ status: 'NotInstantiated' }] },
    ]);
    expect(world.orders.isClean).toBe(true);
    world.orders.at = () => {};
    expect((await world.ask('StartVmInstance', { uuid })).inventory.state).toBe('Running');
    await gone(uuid);
  });

  const failingAt = (name: string) => (which: string, when: string) => {
    if (which === name && when === 'before') throw new Fault('failed', same('not today'));
  };

  test.each(['image.ensure', 'volume.create', 'l2.ensure', 'dhcp.set', 'vm.start'])(
    'a host that fails at %s: nothing stays, and why is told',
    async (name) => {
      world.orders.at = failingAt(name);
      const before = await left();
      const told = await world.ask('CreateVmInstance', world.vm({ name: `not ${name}` }));
      expect(told.error).toMatchObject({ code: 'SYS.1006', details: 'not today' });
      expect(await world.find('QueryVmInstance', 'name', `not ${name}`)).toEqual([]);
      expect(world.orders.isClean).toBe(true);
      expect(await left()).toEqual(before);
      expect(await world.find('QueryVmNic', 'l3NetworkUuid', world.has.l3)).toEqual([]);
    },
  );

  test('a service that goes away at any order, before or after the host did it: the next one brings it to the same end', async () => {
    const before = await left();
    for (const name of ['image.ensure', 'volume.create', 'l2.ensure', 'dhcp.set', 'vm.start'])
      for (const when of ['before', 'after'] as const) {
        let replaced: Promise<void> | undefined;
        world.orders.at = (which, now) => {
          if (which !== name || now !== when || replaced !== undefined) return;
          replaced = world.replace();
          // What it has begun is cut off there.
          return new Promise((_, no) =>
            setTimeout(() => no(new Fault('unavailable', same('the service stops'))), 20),
          );
        };
        const job = await world.begin('CreateVmInstance', world.vm({ name: `${name} ${when}` }));
        while (replaced === undefined) await new Promise((next) => setTimeout(next, 5));
        await replaced;
        const { inventory } = await world.outcome(job);
        expect(inventory, `${name} ${when}`).toMatchObject({ state: 'Running', hostUuid: world.has.host });
        expect([...world.orders.vms.keys()]).toEqual([inventory.uuid]);
        expect([...world.orders.volumes]).toEqual([inventory.rootVolumeUuid]);
        await gone(inventory.uuid);
        expect(await left(), `${name} ${when}`).toEqual(before);
      }
  }, 120_000);

  test('no host: each reason with how many it ruled out', async () => {
    await world.database
      .withTables<{ host: { uuid: string; state: string } }>()
      .updateTable('host')
      .set({ state: 'Disabled' })
      .execute();
    const off = await world.ask('CreateVmInstance', world.vm());
    expect(off.error).toMatchObject({
      code: 'HOST_ALLOCATION.1000',
      details: 'no host of 1 can take it: 1 not enabled, or zone or cluster is not',
    });
    await world.database
      .withTables<{ host: { uuid: string; state: string } }>()
      .updateTable('host')
      .set({ state: 'Enabled' })
      .execute();
    const large = await world.ask('CreateInstanceOffering', {
      name: 'large',
      cpuNum: 2,
      memorySize: 8 * GIBIBYTE,
    });
    const told = await world.ask(
      'CreateVmInstance',
      world.vm({ instanceOfferingUuid: large.inventory.uuid }),
    );
    expect(told.error.details).toBe('no host of 1 can take it: 1 without memory left');
  });

  test('as many at once as there is room for, and not one more; each has an address of its own', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 9 }, (_, at) => world.begin('CreateVmInstance', world.vm({ name: `many ${at}` }))),
    );
    const told = await Promise.all(jobs.map((job) => world.outcome(job)));
    const made = told.filter(({ inventory }) => inventory !== undefined).map(({ inventory }) => inventory);
    // 8 GiB, of which one is the host's own.
    expect(made).toHaveLength(7);
    expect(new Set(made.map(({ vmNics: [nic] }) => nic.ip)).size).toBe(7);
    expect(await left()).toMatchObject({ memory: GIBIBYTE });
    for (const { uuid } of made) {
      await world.ask('DestroyVmInstance', { uuid });
      await world.ask('ExpungeVmInstance', { uuid });
    }
    expect(world.orders.isClean).toBe(true);
    expect(await left()).toMatchObject({ cpu: 16, memory: 8 * GIBIBYTE });
  }, 60_000);

  test('an address that is wanted is given, once', async () => {
    const [{ ip }] = await world.look('GetFreeIp', { l3NetworkUuid: world.has.l3, limit: 1 });
    const tag = `staticIp::${world.has.l3}::${ip}`;
    const first = await world.ask(
      'CreateVmInstance',
      world.vm({ systemTags: [tag], strategy: 'JustCreate' }),
    );
    expect(first.inventory.vmNics[0].ip).toBe(ip);
    const second = await world.ask(
      'CreateVmInstance',
      world.vm({ systemTags: [tag], strategy: 'JustCreate' }),
    );
    expect(second.error).toMatchObject({ code: 'L3.1000', details: expect.stringContaining(ip) });
    await gone(first.inventory.uuid);
  });

  test('what its host says of a VM is true', async () => {
    const { inventory } = await world.ask('CreateVmInstance', world.vm());
    const { uuid } = inventory;
    const MINUTE = 60_000;
    const said = async (state: 'running' | 'paused' | 'stopped', later = 0) => {
      const vms = new Map([[uuid, { uuid, name: uuid, state }]]);
      await followVms(world.database, { host: world.has.host, vms, whole: false }, Date.now() + later);
      return (await rows(uuid)).vms[0].state;
    };
    expect([await said('paused'), await said('running'), await said('stopped')]).toEqual([
      ...['Paused', 'Running', 'Stopped'],
    ]);
    expect(await left()).toMatchObject({ cpu: 16, memory: 8 * GIBIBYTE });
    // What was read before it stopped may come after that; what is said later is so.
    expect([await said('running'), await said('running', MINUTE)]).toEqual(['Stopped', 'Running']);
    expect(await left()).toMatchObject({ cpu: 14, memory: 7 * GIBIBYTE });
    const nothing = { host: world.has.host, vms: new Map(), whole: true };
    await followVms(world.database, nothing, Date.now());
    expect((await rows(uuid)).vms).toMatchObject([{ state: 'Running' }]);
    await followVms(world.database, nothing, Date.now() + 3 * MINUTE);
    expect((await rows(uuid)).vms).toMatchObject([{ state: 'Stopped' }]);
    world.orders.vms.set(uuid, 'off');
    await gone(uuid);
  });

  test('what a VM uses stays; what only names it is forgotten', async () => {
    const { inventory } = await world.ask('CreateVmInstance', world.vm());
    for (const [name, uuid] of [
      ['DeleteZone', world.has.zone],
      ['DeleteL3Network', world.has.l3],
      ['DeletePrimaryStorage', world.has.storage],
    ] as const)
      expect((await world.ask(name, { uuid })).error, name).toMatchObject({
        code: 'SYS.1006',
        details: expect.stringContaining('Running'),
      });
    const offering = await world.ask('CreateInstanceOffering', {
      name: 'gone',
      cpuNum: 1,
      memorySize: GIBIBYTE,
    });
    const later = await world.ask(
      'CreateVmInstance',
      world.vm({ instanceOfferingUuid: offering.inventory.uuid, strategy: 'JustCreate' }),
    );
    expect(await world.ask('DeleteInstanceOffering', { uuid: offering.inventory.uuid })).toEqual({});
    const { vms } = await rows(later.inventory.uuid);
    expect(vms[0]).not.toHaveProperty('instanceOfferingUuid');
    expect(vms[0].cpuNum).toBe(1);
    await gone(inventory.uuid);
    await gone(later.inventory.uuid);
  });

  test.each([
    ['l3NetworkUuids', { l3NetworkUuids: [] }],
    ['defaultL3NetworkUuid', { defaultL3NetworkUuid: 'f'.repeat(32) }],
    ['dataDiskOfferingUuids', { dataDiskOfferingUuids: [] }],
    ['type', { type: 'ApplianceVm' }],
  ])('wrong %s: the field is named', async (field, wrong) => {
    const told = await world
      .ask('CreateVmInstance', world.vm(wrong))
      .catch((thrown) => ({ error: { details: Fault.from(thrown).words.en } }));
    expect(told.error.details).toContain(field);
  });
});
