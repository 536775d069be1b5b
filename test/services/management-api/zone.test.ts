import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

const ZONE = `${HEADER}.zone`;
const DATE = /^[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M$/;

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await ApiWorld.start(engine);
  });
  afterAll(() => world.end());
  beforeEach(async () => {
    await world.logIn();
  });

  const create = async (name: string): Promise<string> => {
    const { inventory } = await world.rpc(`${ZONE}.APICreateZoneMsg`, { name });
    return String(inventory?.uuid);
  };
  const byUuid = async (uuid: string) => (await world.rest('GET', `/zones/${uuid}`)).json.inventories;

  test('made, found, changed, switched off and removed by the older wire', async () => {
    const made = await world.rpc(`${ZONE}.APICreateZoneMsg`, { name: ' one ', description: 'räume 机房' });
    expect(made).toMatchObject({
      success: true,
      apiId: expect.stringMatching(/^[0-9a-f]{32}$/),
      inventory: { name: 'one', description: 'räume 机房', state: 'Enabled', type: 'zstack' },
    });
    expect(made.inventory?.createDate).toMatch(DATE);
    const uuid = String(made.inventory?.uuid);
    const found = await world.rpc(`${ZONE}.APIQueryZoneMsg`, {
      conditions: [{ name: 'uuid', op: '=', value: uuid }],
    });
    expect(found).toMatchObject({ success: true, inventories: [made.inventory] });
    const changed = await world.rpc(`${ZONE}.APIUpdateZoneMsg`, { uuid, name: 'two' });
    expect(changed.inventory).toMatchObject({ name: 'two', description: 'räume 机房' });
    const off = await world.rpc(`${ZONE}.APIChangeZoneStateMsg`, { uuid, stateEvent: 'DISABLE' });
    expect(off.inventory).toMatchObject({ state: 'Disabled' });
    expect(await world.rpc(`${ZONE}.APIDeleteZoneMsg`, { uuid })).toMatchObject({ success: true });
    expect(await byUuid(uuid)).toEqual([]);
    expect(await world.rpc(`${ZONE}.APIDeleteZoneMsg`, { uuid })).toMatchObject({ success: true });
  });

  test('the same by REST; nulls are left out', async () => {
    const made = await world.change('POST', '/zones', { params: { name: 'rest' }, systemTags: [] });
    expect(made.json.inventory).toMatchObject({ name: 'rest', state: 'Enabled' });
    expect(made.json.inventory).not.toHaveProperty('description');
    const { uuid } = made.json.inventory;
    const action = (body: object) => world.change('PUT', `/zones/${uuid}/actions`, body);
    expect((await action({ updateZone: { name: 'new', uuid: 'ignored' } })).json.inventory.name).toBe('new');
    expect((await action({ changeZoneState: { stateEvent: 'disable' } })).json.inventory.state).toBe(
      'Disabled',
    );
    expect(await byUuid(uuid)).toMatchObject([{ name: 'new', state: 'Disabled' }]);
    const gone = await world.change('DELETE', `/zones/${uuid}?deleteMode=`);
    expect(gone).toMatchObject({ status: 200, text: '' });
    expect(await byUuid(uuid)).toEqual([]);
  });

  test('the client may choose the uuid of what it makes, and of the job', async () => {
    const resourceUuid = '0123456789ab4cdea0123456789abcde';
    const job = 'f'.repeat(32);
    const body = { params: { name: 'chosen', resourceUuid } };
    const first = await world.rest('POST', '/zones', body, { 'x-job-uuid': job });
    expect(first.json.location).toMatch(new RegExp(`/zstack/v1/api-jobs/${job}$`));
    expect((await world.rest('GET', first.json.location)).json.inventory.uuid).toBe(resourceUuid);
    const again = await world.change('POST', '/zones', body);
    expect(again).toMatchObject({ status: 503, json: { error: { code: 'SYS.1006' } } });
    expect(
      (await world.rest('POST', '/zones', body, { 'x-job-uuid': 'short' })).json.error.details,
    ).toContain('X-Job-UUID');
  });

  test.each([
    [{}, 'SYS.1007', 'name'],
    [{ name: null }, 'SYS.1007', 'name'],
    [{ name: 'x'.repeat(256) }, 'SYS.1007', 'name'],
    [{ name: 'a', description: 'x'.repeat(2049) }, 'SYS.1007', 'description'],
    [{ name: 'a', type: 'other' }, 'SYS.1007', 'type'],
    [{ name: 'a', resourceUuid: 'no' }, 'SYS.1007', 'resourceUuid'],
    [{ name: 'a\0b' }, 'SYS.1007', 'name'],
  ])('%j is refused by both wires, and names the field', async (fields, code, name) => {
    const told = await world.rpc(`${ZONE}.APICreateZoneMsg`, fields);
    expect(told).toMatchObject({ success: false, error: { code, details: expect.stringContaining(name) } });
    const answer = await world.change('POST', '/zones', { params: fields });
    expect(answer).toMatchObject({ status: 503, json: { error: { code } } });
  });

  test('what is not there is SYS.1003', async () => {
    const fields = { uuid: 'f'.repeat(32), name: 'x' };
    expect(await world.rpc(`${ZONE}.APIUpdateZoneMsg`, fields)).toMatchObject({
      error: { code: 'SYS.1003', details: expect.stringContaining('ZoneVO') },
    });
  });

  test('what was made survives a restart, and so does the session', async () => {
    const uuid = await create('stays');
    await world.restart();
    expect(await byUuid(uuid)).toMatchObject([{ name: 'stays' }]);
  });

  test('a GET on a path whose only methods are others changes nothing', async () => {
    const uuid = await create('stays');
    expect((await world.rest('GET', `/zones/${uuid}/actions`)).status).toBe(405);
    expect((await world.rest('POST', `/zones/${uuid}`)).status).toBe(405);
    expect(await byUuid(uuid)).toHaveLength(1);
  });
});
