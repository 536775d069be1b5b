import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

const CONFIG = 'org.zstack.core.config';

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    await world.logIn();
  });
  afterAll(() => world.end());

  const set = (category: string, name: string, value?: unknown) =>
    world.rpc(`${CONFIG}.APIUpdateGlobalConfigMsg`, { category, name, value });
  const get = async (category: string, name: string) =>
    (await world.rpc(`${CONFIG}.APIGetGlobalConfigMsg`, { category, name })).inventory;

  test('a setting is found, changed by both wires, and kept over a restart', async () => {
    expect(await get('host', 'ping.interval')).toMatchObject({ defaultValue: '60', value: '60' });
    expect((await set('host', 'ping.interval', 30)).inventory).toMatchObject({ value: '30' });
    const path = '/global-configurations/vm/deletionPolicy/actions';
    const answer = await world.change('PUT', path, { updateGlobalConfig: { value: 'Direct' } });
    expect(answer.json.inventory).toMatchObject({ category: 'vm', value: 'Direct', defaultValue: 'Delay' });
    await world.restart();
    const { json } = await world.rest('GET', '/global-configurations?q=category=host&q=name=ping.interval');
    expect(json.inventories).toMatchObject([{ value: '30' }]);
    expect(await get('vm', 'deletionPolicy')).toMatchObject({ value: 'Direct' });
    const all = await world.rpc(`${CONFIG}.APIQueryGlobalConfigMsg`, { replyWithCount: true });
    expect(all.total).toBe(all.inventories?.length);
  });

  test.each([
    ['host', 'ping.interval', '-1'],
    ['host', 'ping.interval', 'often'],
    ['host', 'ping.interval', '99999999999'],
    ['host', 'ping.interval', ''],
    ['host', 'ping.interval', undefined],
    ['identity', 'session.timeout', '31536001'],
    ['kvm', 'reservedMemory', '1X'],
    ['kvm', 'dataVolume.maxNum', '25'],
    ['vm', 'numa', 'maybe'],
    ['vm', 'deletionPolicy', 'direct'],
    ['nfsPrimaryStorage', 'mount.base', 'relative'],
    ['notification', 'webhook.url', 'javascript:alert(1)'],
    ['identity', 'account.api.control', 'org.zstack.header.zone.APINothingMsg'],
    ['constructor', 'name', '1'],
    ['host', 'constructor', '1'],
    ['host', 'nothing', '1'],
  ])('%s %s is not set to %s', async (category, name, value) => {
    const told = await set(category, name, value);
    expect(told.error).toMatchObject({
      code: 'SYS.1007',
      details: expect.stringMatching(/^field (name|value): /),
    });
  });

  test.each([
    ['kvm', 'reservedMemory', '2g'],
    ['notification', 'webhook.url', 'null'],
    ['notification', 'webhook.url', 'https://example.org/hook'],
    ['identity', 'account.api.control', ''],
    ['vm', 'numa', 'TRUE'],
  ])('%s %s is set to %s', async (category, name, value) => {
    expect((await set(category, name, value)).inventory).toMatchObject({ value });
  });

  test('a session lives as long as the setting says, and no more than so many are open', async () => {
    await set('identity', 'session.timeout', 0);
    const session = world.session;
    expect((await world.logIn()).success).toBe(true);
    expect(await get('host', 'ping.interval')).toBeUndefined();
    world.session = session;
    await set('identity', 'session.timeout', 7200);
    await set('identity', 'session.maxConcurrent', 1);
    expect((await world.logIn()).error).toMatchObject({ code: 'ID.1000' });
    await set('identity', 'session.maxConcurrent', 500);
  });

  test('tags are given, found by, changed and removed, and go with their zone', async () => {
    const made = await world.rpc(`${HEADER}.zone.APICreateZoneMsg`, {
      name: 'tagged',
      systemTags: ['host::reservedCpu::2'],
      userTags: ['blue', 'big'],
    });
    const resourceUuid = String(made.inventory?.uuid);
    await world.rpc(`${HEADER}.zone.APICreateZoneMsg`, { name: 'plain' });
    const zones = async (name: string, op: string, value: string) => {
      const told = await world.rpc(`${HEADER}.zone.APIQueryZoneMsg`, { conditions: [{ name, op, value }] });
      return told.inventories?.map((each) => each.name).sort();
    };
    expect(await zones('__userTag__', '=', 'blue')).toEqual(['tagged']);
    expect(await zones('__userTag__', '!=', 'blue')).toEqual(['plain']);
    expect(await zones('__userTag__', 'not in', 'blue,red')).toEqual(['plain']);
    expect(await zones('__systemTag__', 'like', 'host::%')).toEqual(['tagged']);
    expect(await zones('__systemTag__', 'is null', '')).toEqual(['plain']);

    const params = { resourceType: 'ZoneVO', resourceUuid, tag: 'host::reservedMemory::1G' };
    const answer = await world.change('POST', '/system-tags', { params });
    expect(answer.json.inventory).toMatchObject({ ...params, type: 'System', inherent: false });
    const again = await world.rpc(`${HEADER}.tag.APICreateSystemTagMsg`, params);
    expect(again.error?.code).toBe('TAG.1000');
    const { uuid } = answer.json.inventory;
    const changed = await world.rpc(`${HEADER}.tag.APIUpdateSystemTagMsg`, {
      uuid,
      tag: 'host::reservedMemory::2G',
    });
    expect(changed.inventory).toMatchObject({ tag: 'host::reservedMemory::2G' });
    expect((await world.rest('GET', `/tags/${uuid}`)).status).toBe(405);
    expect((await world.change('DELETE', `/tags/${uuid}`)).status).toBe(200);
    expect((await world.change('DELETE', `/tags/${uuid}`)).json.error.code).toBe('SYS.1003');
    await world.rpc(`${HEADER}.zone.APIDeleteZoneMsg`, { uuid: resourceUuid });
    expect((await world.rest('GET', '/user-tags')).json.inventories).toEqual([]);
    expect((await world.rest('GET', '/system-tags?count=true')).json.total).toBe(0);
  });

  test.each([
    ['ZoneVO', 'host::reservedCpu'],
    ['ZoneVO', 'host::reservedCpu::1::2'],
    ['ZoneVO', 'nothing::x'],
    ['ZoneVO', ''],
    ['NothingVO', 'host::reservedCpu::1'],
    ['GlobalConfigVO', 'x'],
  ])('a %s has no system tag %s', async (resourceType, tag) => {
    const { inventory } = await world.rpc(`${HEADER}.zone.APICreateZoneMsg`, { name: 'z' });
    const fields = { resourceType, resourceUuid: inventory?.uuid, tag };
    expect((await world.rpc(`${HEADER}.tag.APICreateSystemTagMsg`, fields)).error?.code).toBe('SYS.1007');
  });

  test('a creation with a tag that does not do creates nothing', async () => {
    const fields = { name: 'never', systemTags: ['host::reservedCpu::1', 'no'] };
    expect((await world.rpc(`${HEADER}.zone.APICreateZoneMsg`, fields)).error?.code).toBe('SYS.1007');
    expect((await world.rest('GET', '/zones?q=name=never')).json.inventories).toEqual([]);
    expect((await world.rest('GET', '/system-tags?count=true')).json.total).toBe(0);
  });

  test('what is known and not served says so in the shape of its wire', async () => {
    const error = { code: 'PORTAL.1000', details: expect.stringContaining('not in this version') };
    const create = 'org.zstack.network.service.lb.APICreateLoadBalancerMsg';
    expect(await world.rpc(create)).toMatchObject({ success: false, error });
    expect(await world.rest('GET', '/load-balancers')).toMatchObject({ status: 503, json: { error } });
    const refresh = { refreshLoadBalancer: {} };
    const answer = await world.rest('PUT', `/load-balancers/${'0'.repeat(32)}/actions`, refresh);
    expect(answer.json.error.details).toContain('RefreshLoadBalancer');
    expect((await world.rest('POST', '/load-balancers/listeners')).status).toBe(405);
  });
});
