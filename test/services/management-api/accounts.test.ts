import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { sentFor } from '../../../src/management/resource/account/password.ts';
import { ApiWorld, ENGINES, HEADER, type Told } from './world.ts';

const IDENTITY = `${HEADER}.identity`;
const ADMIN = '36c27e8ff05c4780bf6d2fa65700f22e';

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  let admin: string | undefined;
  const accounts: Record<string, string> = {};
  let names = 0;

  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    await world.logIn();
    admin = world.session;
    for (const name of ['one', 'two']) accounts[name] = uuidOf(await createAccount(name));
  });
  afterAll(() => world.end());
  beforeEach(() => {
    world.session = admin;
  });

  const identity = (name: string, fields: object = {}) => world.rpc(`${IDENTITY}.API${name}Msg`, fields);
  const uuidOf = ({ inventory }: Told) => String(inventory?.uuid);
  const createAccount = (name: string, more: object = {}) =>
    identity('CreateAccount', { name, password: sentFor(name), ...more });
  const as = (name: string) => world.logIn(name, name);
  const code = async (told: Promise<Told>) => (await told).error?.code;

  const offering = (more: object = {}) =>
    world.rpc(`${HEADER}.configuration.APICreateInstanceOfferingMsg`, {
      ...{ name: `offering ${++names}`, cpuNum: 1, memorySize: 2 ** 30, ...more },
    });
  const offerings = async (conditions: object[] = []) => {
    const told = await world.rpc(`${HEADER}.configuration.APIQueryInstanceOfferingMsg`, { conditions });
    return (told.inventories ?? []).map(({ uuid }) => uuid).sort();
  };
  const by = (uuid: string) => [{ name: 'uuid', op: '=', value: uuid }];
  const rename = (uuid: string) =>
    world.rpc(`${HEADER}.configuration.APIUpdateInstanceOfferingMsg`, { uuid, name: 'renamed' });

  describe('accounts', () => {
    test('are made, found, changed and removed by admin, and log in', async () => {
      const { inventory } = await createAccount('three', { description: 'third' });
      expect(inventory).toMatchObject({ name: 'three', type: 'Normal', description: 'third' });
      expect(JSON.stringify(inventory)).not.toContain('scrypt');
      const { inventories } = await identity('QueryAccount', {
        conditions: [{ name: 'name', op: '=', value: 'three' }],
      });
      expect(inventories).toEqual([inventory]);
      const uuid = String(inventory?.uuid);
      expect((await as('three')).success).toBe(true);
      const own = world.session;
      world.session = admin;
      await identity('UpdateAccount', { uuid, password: sentFor('other'), name: 'third' });
      expect(
        (await world.rpc(`${HEADER}.zone.APIQueryZoneMsg`, { session: { uuid: own } })).error?.code,
      ).toBe('ID.1001');
      expect((await world.logIn('other', 'third')).success).toBe(true);
      const again = world.session;
      world.session = admin;
      expect((await identity('DeleteAccount', { uuid })).success).toBe(true);
      expect((await identity('DeleteAccount', { uuid })).success).toBe(true);
      expect(
        (await world.rpc(`${HEADER}.zone.APIQueryZoneMsg`, { session: { uuid: again } })).error?.code,
      ).toBe('ID.1001');
      expect(await code(world.logIn('other', 'third'))).toBe('ID.1000');
    });

    test.each([
      ['a name that is there', { name: 'ONE', password: sentFor('x') }, 'SYS.1006', 'ONE'],
      ['no name', { name: '', password: sentFor('x') }, 'SYS.1007', 'name'],
      ['a password that is none', { name: 'x', password: 'plain' }, 'SYS.1007', 'password'],
      ['the initial password', { name: 'x', password: sentFor('password') }, 'SYS.1007', 'password'],
      ['an unknown type', { name: 'x', password: sentFor('x'), type: 'Root' }, 'SYS.1007', 'type'],
      [
        'a uuid that is there',
        { name: 'x', password: sentFor('x'), resourceUuid: ADMIN },
        'SYS.1006',
        'uuid',
      ],
    ])('%s is refused', async (_, fields, expected, word) => {
      const { error } = await identity('CreateAccount', fields);
      expect(error).toMatchObject({ code: expected, details: expect.stringContaining(word) });
    });

    test('admin stays', async () => {
      expect(await code(identity('DeleteAccount', { uuid: ADMIN }))).toBe('SYS.1006');
    });

    test('an account that owns something stays until that is gone or another one has it', async () => {
      const uuid = uuidOf(await createAccount('owner'));
      await as('owner');
      const made = uuidOf(await offering());
      world.session = admin;
      const { error } = await identity('DeleteAccount', { uuid });
      expect(error?.details).toContain('1 InstanceOfferingVO');
      const changed = await identity('ChangeResourceOwner', { accountUuid: ADMIN, resourceUuid: made });
      expect(changed.inventory).toMatchObject({ accountUuid: ADMIN, resourceUuid: made });
      expect((await identity('DeleteAccount', { uuid })).success).toBe(true);
    });
  });

  describe('an ordinary account', () => {
    test('may not what is for admin alone, and that is on record', async () => {
      await as('one');
      expect(await code(world.rpc(`${HEADER}.zone.APICreateZoneMsg`, { name: 'x' }))).toBe('ID.1002');
      expect(await code(identity('QueryAccount'))).toBe('ID.1002');
      expect(await code(createAccount('four'))).toBe('ID.1002');
      expect(await code(identity('DeleteAccount', { uuid: accounts.two }))).toBe('ID.1002');
      expect(await code(world.rpc(`${HEADER}.audit.APIQueryAuditMsg`))).toBe('ID.1002');
      world.session = admin;
      const { inventories } = await world.rpc(`${HEADER}.audit.APIQueryAuditMsg`, {
        conditions: [{ name: 'errorCode', op: '=', value: 'ID.1002' }],
      });
      expect(inventories?.map(({ apiName }) => apiName)).toContain('CreateZone');
      expect(inventories?.[0]).toMatchObject({ accountName: 'one', state: 'Failed' });
    });

    test('sees zones, and by a setting more', async () => {
      await as('one');
      expect((await world.rpc(`${HEADER}.zone.APIQueryZoneMsg`)).success).toBe(true);
      const clusters = () => world.rpc(`${HEADER}.cluster.APIQueryClusterMsg`);
      expect(await code(clusters())).toBe('ID.1002');
      const ordinary = world.session;
      world.session = admin;
      const value = `x, ${HEADER}.cluster.APIQueryClusterMsg`;
      const setting = { category: 'identity', name: 'account.api.control' };
      const set = (to: string) =>
        world.rpc('org.zstack.core.config.APIUpdateGlobalConfigMsg', { ...setting, value: to });
      expect(await code(set(value))).toBe('SYS.1007');
      await set(`${HEADER}.cluster.APIQueryClusterMsg`);
      world.session = ordinary;
      expect((await clusters()).success).toBe(true);
      world.session = admin;
      await set('');
      world.session = ordinary;
      expect(await code(clusters())).toBe('ID.1002');
    });

    test('sees and changes its own, and nobody else sees it but admin', async () => {
      await as('one');
      const own = uuidOf(await offering());
      expect(await offerings()).toContain(own);
      expect((await rename(own)).success).toBe(true);
      await as('two');
      expect(await offerings(by(own))).toEqual([]);
      expect(await offerings()).not.toContain(own);
      expect(await code(rename(own))).toBe('ID.1002');
      const remove = `${HEADER}.configuration.APIDeleteInstanceOfferingMsg`;
      expect(await code(world.rpc(remove, { uuid: own }))).toBe('ID.1002');
      const told = await world.rpc(`${HEADER}.configuration.APIQueryInstanceOfferingMsg`, { count: true });
      expect(told.total).toBe((await offerings()).length);
      world.session = admin;
      expect(await offerings(by(own))).toEqual([own]);
      expect((await world.rpc(remove, { uuid: own })).success).toBe(true);
      const refs = await identity('QueryAccountResourceRef', {
        conditions: [{ name: 'resourceUuid', op: '=', value: own }],
      });
      expect(refs.inventories).toEqual([]);
    });

    test('uses what is shared with it or with all, and does not change it', async () => {
      const [shared, open] = [uuidOf(await offering()), uuidOf(await offering())];
      const [one, two] = [accounts.one, accounts.two];
      await identity('ShareResource', { resourceUuids: [shared], accountUuids: [one] });
      await identity('ShareResource', { resourceUuids: [open], toPublic: true, accountUuids: [two] });
      await as('one');
      expect(await offerings()).toEqual(expect.arrayContaining([shared, open]));
      expect(await code(rename(shared))).toBe('ID.1002');
      expect(await code(rename(open))).toBe('ID.1002');
      expect(await code(identity('ShareResource', { resourceUuids: [shared], toPublic: true }))).toBe(
        'ID.1002',
      );
      expect(await code(identity('RevokeResourceSharing', { resourceUuids: [open], all: true }))).toBe(
        'ID.1002',
      );
      await as('two');
      expect(await offerings(by(shared))).toEqual([]);
      world.session = admin;
      await identity('RevokeResourceSharing', { resourceUuids: [open], toPublic: true });
      await as('one');
      expect(await offerings(by(open))).toEqual([]);
      await as('two');
      expect(await offerings(by(open))).toEqual([open]);
      world.session = admin;
      await identity('RevokeResourceSharing', { resourceUuids: [open, shared], all: true });
      const { inventories } = await identity('QuerySharedResource', {
        conditions: [{ name: 'resourceUuid', op: 'in', value: `${open},${shared}` }],
      });
      expect(inventories).toEqual([]);
    });

    test.each([
      ['nobody', { resourceUuids: ['x'] }, 'SYS.1007'],
      ['an account that is not there', { resourceUuids: ['x'], accountUuids: [newUuid()] }, 'SYS.1003'],
      ['something that nobody can own', { resourceUuids: [ADMIN], toPublic: true }, 'SYS.1003'],
    ])('sharing with or of %s is refused', async (_, fields, expected) => {
      expect(await code(identity('ShareResource', fields))).toBe(expected);
    });

    test('tags its own only, and sees no tags of others', async () => {
      await as('one');
      const own = uuidOf(await offering({ userTags: ['mine'] }));
      const tag = `${HEADER}.tag`;
      const give = { resourceType: 'InstanceOfferingVO', resourceUuid: own, tag: 'second' };
      const second = uuidOf(await world.rpc(`${tag}.APICreateUserTagMsg`, give));
      const seen = async () =>
        (await world.rpc(`${tag}.APIQueryUserTagMsg`)).inventories?.filter(
          ({ resourceUuid }) => resourceUuid === own,
        );
      expect(await seen()).toHaveLength(2);
      await as('two');
      expect(await seen()).toEqual([]);
      expect(await code(world.rpc(`${tag}.APICreateUserTagMsg`, { ...give, tag: 'theirs' }))).toBe('ID.1002');
      expect(await code(world.rpc(`${tag}.APIDeleteTagMsg`, { uuid: second }))).toBe('ID.1002');
      await as('one');
      expect((await world.rpc(`${tag}.APIDeleteTagMsg`, { uuid: second })).success).toBe(true);
    });

    test('conditions that reach other tables tell nothing of others either', async () => {
      await as('one');
      await identity('CreateUser', { name: 'secret user', password: sentFor('x') });
      await as('two');
      const conditions = [{ name: 'account.user.name', op: '=', value: 'secret user' }];
      await identity('CreateUser', { name: 'plain user', password: sentFor('x') });
      expect((await identity('QueryUser', { conditions })).inventories).toEqual([]);
      const { inventories } = await identity('QueryUser');
      expect(inventories?.map(({ name }) => name)).toEqual(['plain user']);
    });

    test('changes its own password and name only', async () => {
      await as('one');
      expect(await code(identity('UpdateAccount', { uuid: accounts.two, name: 'mine' }))).toBe('ID.1002');
      const told = await identity('UpdateAccount', { description: 'own words' });
      expect(told.inventory).toMatchObject({ uuid: accounts.one, description: 'own words' });
    });

    test('a job is cancelled by its own account or admin', async () => {
      await as('one');
      const body = { params: { name: 'o', cpuNum: 1, memorySize: 1024 } };
      const { json } = await world.rest('POST', '/instance-offerings', body);
      const path = new URL(json.location).pathname.replace('/zstack/v1', '');
      await as('two');
      expect((await world.rest('DELETE', path)).json.error.code).toBe('ID.1002');
      world.session = admin;
      expect((await world.rest('DELETE', path)).status).toBe(200);
    });
  });

  describe('users', () => {
    const logInByUser = async (accountName: string, userName: string, word: string) => {
      const told = await identity('LogInByUser', { accountName, userName, password: sentFor(word) });
      if (told.success) world.session = uuidOf(told);
      return told;
    };

    test('of an ordinary account look, change nothing but themselves, and own nothing', async () => {
      await as('one');
      const own = uuidOf(await offering());
      const user = uuidOf(await identity('CreateUser', { name: 'reader', password: sentFor('reads') }));
      const other = uuidOf(await identity('CreateUser', { name: 'other', password: sentFor('reads') }));
      expect((await logInByUser('one', 'reader', 'reads')).inventory).toMatchObject({
        ...{ accountUuid: accounts.one, userUuid: user },
      });
      expect(await offerings()).toContain(own);
      expect(await code(offering())).toBe('ID.1002');
      expect(await code(rename(own))).toBe('ID.1002');
      expect(await code(identity('CreateUser', { name: 'x', password: sentFor('x') }))).toBe('ID.1002');
      expect(await code(identity('UpdateUser', { uuid: other, name: 'x' }))).toBe('ID.1002');
      expect((await identity('UpdateUser', { password: sentFor('new') })).inventory).toMatchObject({
        uuid: user,
      });
      expect(await code(logInByUser('one', 'reader', 'reads'))).toBe('ID.1000');
      expect((await logInByUser('one', 'reader', 'new')).success).toBe(true);
      const session = world.session;
      await as('one');
      expect((await identity('DeleteUser', { uuid: user })).success).toBe(true);
      world.session = session;
      expect(await code(identity('QueryUser'))).toBe('ID.1001');
      world.session = admin;
      const log = await world.rpc(`${HEADER}.audit.APIQueryAuditMsg`, {
        conditions: [{ name: 'userUuid', op: '=', value: user }],
      });
      expect(log.inventories?.map(({ apiName }) => apiName)).toEqual(
        expect.arrayContaining(['LogInByUser', 'UpdateUser', 'CreateUser']),
      );
    });

    test('of admin may what admin may', async () => {
      await identity('CreateUser', { name: 'deputy', password: sentFor('deputy') });
      expect((await logInByUser('admin', 'deputy', 'deputy')).success).toBe(true);
      const told = await world.rpc(`${HEADER}.zone.APICreateZoneMsg`, { name: 'by the deputy' });
      expect(told.success).toBe(true);
    });

    test('a name may be taken once in an account, by another account again', async () => {
      const create = () => identity('CreateUser', { name: 'same', password: sentFor('x') });
      await as('one');
      expect((await create()).success).toBe(true);
      expect(await code(create())).toBe('SYS.1006');
      const first = await identity('QueryUser', { conditions: [{ name: 'name', op: '=', value: 'same' }] });
      await as('two');
      expect((await create()).success).toBe(true);
      const uuid = String(first.inventories?.[0]?.uuid);
      expect(await code(identity('UpdateUser', { uuid, name: 'stolen' }))).toBe('ID.1002');
      expect(await code(identity('DeleteUser', { uuid }))).toBe('ID.1002');
    });

    test('a wrong account, a wrong user and a wrong password get the same answer', async () => {
      const wrong = [
        await logInByUser('one', 'nobody', 'x'),
        await logInByUser('nobody', 'same', 'x'),
        await logInByUser('one', 'same', 'wrong'),
      ];
      expect(wrong[0]?.error?.code).toBe('ID.1000');
      for (const each of wrong) expect(each.error).toEqual(wrong[0]?.error);
    });
  });
});
