import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { Secret } from '../../../src/api/secret-text.ts';
import { same } from '../../../src/api/words.ts';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { Vault } from '../../../src/management/secrets/vault.ts';
import { everyRow } from './every-row.ts';
import { VmWorld } from './vm-world.ts';
import { ENGINES } from './world.ts';

describe.each(ENGINES)('%s', (engine) => {
  let world: VmWorld;
  let vm: string;
  const used = new Set<string>();
  const word = (text: string): string => {
    used.add(text);
    return text;
  };
  beforeAll(async () => {
    world = await VmWorld.start(engine);
    const systemTags = [`consolePassword::${word('pw-Made!')}`];
    vm = (await world.ask('CreateVmInstance', world.vm({ systemTags, name: 'planted' }))).inventory.uuid;
  });
  afterAll(() => world.end());
  beforeEach(() => {
    world.orders.at = () => {};
    world.orders.done.length = 0;
  });

  const set = (consolePassword: string) =>
    world.ask('SetVmConsolePassword', { uuid: vm, consolePassword: word(consolePassword) });
  const got = async () => (await world.now('GetVmConsolePassword', { uuid: vm })).consolePassword;
  const onHost = () => {
    const { consolePassword } = world.orders.defined.get(vm) ?? {};
    return consolePassword instanceof Secret ? consolePassword.reveal() : consolePassword;
  };
  const tags = async () => {
    const all = await world.find('QuerySystemTag', 'resourceUuid', vm);
    return all.map(({ tag }) => tag).filter((tag) => tag.startsWith('consolePassword'));
  };

  test('given with the creation: the host is told, the tag does not show it', async () => {
    expect(onHost()).toBe('pw-Made!');
    expect(await got()).toBe('pw-Made!');
    expect(await tags()).toEqual(['consolePassword::******']);
  });

  test('set, got and deleted while the VM runs: its host is told each time', async () => {
    expect((await set('pw-Anew')).inventory).toMatchObject({ uuid: vm, state: 'Running' });
    expect([onHost(), await got(), await tags()]).toEqual([
      'pw-Anew',
      'pw-Anew',
      ['consolePassword::******'],
    ]);
    await world.ask('DeleteVmConsolePassword', { uuid: vm });
    expect([onHost(), await got(), await tags()]).toEqual([undefined, undefined, []]);
    await world.ask('DeleteVmConsolePassword', { uuid: vm });
    expect(world.orders.done).toEqual(Array(3).fill('vm.consolePassword'));
  });

  test('set while it is off, it is there at the next start; set by a tag, at the next reboot', async () => {
    await world.ask('StopVmInstance', { uuid: vm });
    await set('pw-Off');
    await world.ask('StartVmInstance', { uuid: vm });
    expect(onHost()).toBe('pw-Off');
    const [tag] = await world.find('QuerySystemTag', 'tag', 'consolePassword::******');
    const changed = await world.ask('UpdateSystemTag', {
      uuid: tag.uuid,
      tag: `consolePassword::${word('pw::Tag')}`,
    });
    expect(changed.inventory.tag).toBe('consolePassword::******');
    expect([onHost(), await got()]).toEqual(['pw-Off', 'pw::Tag']);
    await world.ask('RebootVmInstance', { uuid: vm });
    expect(onHost()).toBe('pw::Tag');
    await world.ask('DeleteTag', { uuid: tag.uuid });
    expect(await got()).toBeUndefined();
    const given = { resourceType: 'VmInstanceVO', resourceUuid: vm };
    await world.ask('CreateSystemTag', { ...given, tag: `consolePassword::${word('pw-Again')}` });
    expect(await got()).toBe('pw-Again');
    const twice = await world.ask('CreateSystemTag', {
      ...given,
      tag: `consolePassword::${word('pw-Twice')}`,
    });
    expect(twice.error.details).toBe('it has the tag consolePassword::****** already');
  });

  test('a wrong one is refused by the name of its field, and is in no answer', async () => {
    for (const wrong of ['pw-TooLong', 'pw-é', 'pw\n-Two', '']) {
      const told = await set(wrong);
      expect(told.error).toMatchObject({ code: 'SYS.1007' });
      expect(told.error.details).toMatch(/^field consolePassword: /);
      expect(wrong !== '' && JSON.stringify(told).includes(wrong)).toBe(false);
      used.delete('');
    }
    const tag = async (resourceType: string, resourceUuid: string, text: string) =>
      (await world.ask('CreateSystemTag', { resourceType, resourceUuid, tag: text })).error.details;
    await world.ask('DeleteVmConsolePassword', { uuid: vm });
    expect(await tag('VmInstanceVO', vm, `consolePassword::${word('pw-TagTooLong')}`)).toMatch(
      /^field tag: is not/,
    );
    expect(await tag('VmInstanceVO', vm, 'consolePassword::******')).toMatch(/^field tag: stars/);
    expect(await tag('VmInstanceVO', vm, `rootPassword::${word('pw-OfRoot')}`)).toBe(
      'field tag: VmInstance has no system tag such as rootPassword::******',
    );
    expect(await tag('ZoneVO', world.has.zone, `ConsolePassword::${word('pw-Zone')}`)).toBe(
      'field tag: Zone has no system tag such as consolePassword::******',
    );
  });

  test('where the host does not do it, all is as before', async () => {
    await set('pw-Stays');
    let isFirst = true;
    world.orders.at = (_, when) => {
      if (when !== 'after' || !isFirst) return;
      isFirst = false;
      throw new Fault('failed', same('the guest says no'));
    };
    expect((await set('pw-Fails')).error).toMatchObject({ details: 'the guest says no' });
    expect([onHost(), await got(), await tags()]).toEqual([
      'pw-Stays',
      'pw-Stays',
      ['consolePassword::******'],
    ]);
    world.orders.at = () => {
      throw new Fault('unavailable', same('the host has no link'));
    };
    expect((await set('pw-NoLnk')).error).toMatchObject({ details: 'the host has no link' });
    expect(await got()).toBe('pw-Stays');
  });

  test('whoever may not see the VM does not get its password', async () => {
    const admin = world.session;
    world.session = { uuid: 'y', accountUuid: newUuid(), userUuid: null, isAdmin: false };
    const refused = { code: 'ID.1002' };
    await expect(got()).rejects.toMatchObject(refused);
    await expect(world.now('GetVmConsoleAddress', { uuid: vm })).rejects.toMatchObject(refused);
    await expect(set('pw-Theirs')).rejects.toMatchObject(refused);
    world.session = admin;
    await expect(world.now('GetVmConsoleAddress', { uuid: vm })).rejects.toMatchObject({
      kind: 'conflict',
      next: { en: 'RequestConsoleAccess opens it by the console proxy' },
    });
  });

  test('neither the database nor its files have any of them', async () => {
    const rows = [...(await everyRow(world.database))].map(([name, text]) => `${name} ${text}`);
    const folder = world.store.folder;
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
    const all = [...rows, ...files, ...world.logged];
    expect(all.filter((text) => text.includes('planted')).length).toBeGreaterThan(0);
    expect(rows.join()).toContain('"apiName":"SetVmConsolePassword"');
    for (const each of used)
      expect(
        all.filter((text) => text.includes(each)).map((text) => text.slice(0, 40)),
        each,
      ).toEqual([]);
  });

  test('with another key it is not told, the start says why, and a new one may be set', async () => {
    await world.ask('StopVmInstance', { uuid: vm, type: 'cold' });
    world.vault = new Vault();
    await world.replace();
    await expect(got()).rejects.toMatchObject({
      kind: 'unavailable',
      next: { en: 'set it anew, or delete it' },
    });
    expect((await world.ask('StartVmInstance', { uuid: vm })).error.details).toContain(
      'set it anew, or delete it',
    );
    expect((await world.find('QueryVmInstance', 'uuid', vm))[0].state).toBe('Stopped');
    await set('pw-NwKey');
    expect((await world.ask('StartVmInstance', { uuid: vm })).inventory.state).toBe('Running');
    expect(onHost()).toBe('pw-NwKey');
  });

  test('it goes with its VM', async () => {
    await world.gone(vm);
    expect((await everyRow(world.database)).get('sealed_secret')).toBe('[]');
  });
});
