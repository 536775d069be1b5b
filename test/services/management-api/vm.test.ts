import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { same } from '../../../src/api/words.ts';
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
    expect(await world.left()).toEqual({ cpu: 14, memory: 7 * GIBIBYTE, room: 97 * GIBIBYTE });
    const [tag] = await world.find('QuerySystemTag', 'resourceUuid', l3);
    expect(tag).toMatchObject({
      inherent: true,
      tag: expect.stringMatching(/^flatNetwork::DhcpServer::10\.0\.0\.\d+::ipUuid::/),
    });
    expect(await world.find('QueryVmInstance', 'vmNics.ip', nic.ip)).toHaveLength(1);
    await world.gone(inventory.uuid);
    expect(await world.left()).toEqual({ cpu: 16, memory: 8 * GIBIBYTE, room: 100 * GIBIBYTE });
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
    expect(await world.left()).toMatchObject({ cpu: 16, memory: 8 * GIBIBYTE, room: 97 * GIBIBYTE });
    expect((await act('Start')).inventory).toMatchObject({ state: 'Running', hostUuid: world.has.host });
    expect((await act('Stop', { type: 'cold' })).inventory.state).toBe('Stopped');
    expect(world.orders.done.slice(-8)).toEqual([
      'vm.resume',
      'vm.consolePassword',
      'vm.reboot',
      'vm.stop',
      'l2.ensure',
      'dhcp.set',
      'vm.start',
      'vm.powerOff',
    ]);
    await act('Destroy');
    expect((await act('Recover')).inventory.state).toBe('Stopped');
    await world.gone(uuid);
  });

  test('only written down, started later', async () => {
    const made = await world.ask('CreateVmInstance', world.vm({ strategy: 'JustCreate' }));
    expect(made.inventory).toMatchObject({ state: 'Created', allVolumes: [{ status: 'NotInstantiated' }] });
    expect(world.orders.done).toEqual([]);
    const { uuid } = made.inventory;
    world.orders.at = failingAt('vm.start');
    expect((await world.ask('StartVmInstance', { uuid })).error.details).toBe(
      'its host could not start it: not today',
    );
    expect((await world.rows(uuid)).vms).toMatchObject([
      { state: 'Created', allVolumes: [{ status: 'NotInstantiated' }] },
    ]);
    expect(world.orders.isClean).toBe(true);
    world.orders.at = () => {};
    expect((await world.ask('StartVmInstance', { uuid })).inventory.state).toBe('Running');
    await world.gone(uuid);
  });

  const failingAt = (name: string) => (which: string, when: string) => {
    if (which === name && when === 'before') throw new Fault('failed', same('not today'));
  };

  test.each(['image.ensure', 'volume.create', 'l2.ensure', 'dhcp.set', 'vm.start'])(
    'a host that fails at %s: nothing stays, and why is told',
    async (name) => {
      world.orders.at = failingAt(name);
      const before = await world.left();
      const told = await world.ask('CreateVmInstance', world.vm({ name: `not ${name}` }));
      const own = { code: 'SYS.1006', details: 'not today' };
      const whole = { code: 'HOST.1005', details: 'its host could not start it: not today', cause: own };
      expect(told.error).toMatchObject(name === 'vm.start' ? whole : own);
      expect(await world.find('QueryVmInstance', 'name', `not ${name}`)).toEqual([]);
      expect(world.orders.isClean).toBe(true);
      expect(await world.left()).toEqual(before);
      expect(await world.find('QueryVmNic', 'l3NetworkUuid', world.has.l3)).toEqual([]);
    },
  );

  test('a service that goes away at any order, before or after the host did it: the next one brings it to the same end', async () => {
    const before = await world.left();
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
        await world.gone(inventory.uuid);
        expect(await world.left(), `${name} ${when}`).toEqual(before);
      }
  });

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

  test('as many at once as there is room for, and not one more; each has an address of its own, the DHCP server one', async () => {
    // With its range goes the address that the network's server had.
    await world.ask('DeleteIpRange', { uuid: world.has.range });
    const range = { name: 'anew', l3NetworkUuid: world.has.l3, networkCidr: '10.0.0.0/28' };
    await world.ask('AddIpRangeByNetworkCidr', range);
    world.orders.servers.clear();
    const jobs = await Promise.all(
      Array.from({ length: 9 }, (_, at) => world.begin('CreateVmInstance', world.vm({ name: `many ${at}` }))),
    );
    const told = await Promise.all(jobs.map((job) => world.outcome(job)));
    const made = told.filter(({ inventory }) => inventory !== undefined).map(({ inventory }) => inventory);
    // 8 GiB, of which one is the host's own.
    expect(made).toHaveLength(7);
    expect(new Set(made.map(({ vmNics: [nic] }) => nic.ip)).size).toBe(7);
    expect(world.orders.servers.size).toBe(1);
    expect(await world.left()).toMatchObject({ memory: GIBIBYTE });
    for (const { uuid } of made) {
      await world.ask('DestroyVmInstance', { uuid });
      await world.ask('ExpungeVmInstance', { uuid });
    }
    expect(world.orders.isClean).toBe(true);
    expect(await world.left()).toMatchObject({ cpu: 16, memory: 8 * GIBIBYTE });
  });

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
    await world.gone(first.inventory.uuid);
  });
});
