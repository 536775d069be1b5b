import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ImageServer } from './image-server.ts';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

const MEBIBYTE = 2 ** 20;

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  let web: ImageServer;
  let servers: string;
  let imports: string;
  let serverUuid: string;

  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    await world.logIn();
    servers = join(world.folder, 'images');
    imports = join(world.folder, 'import');
    mkdirSync(imports);
    web = await ImageServer.start(qcow2('whole', 8 * MEBIBYTE));
    const added = await world.change('POST', '/backup-storage/sftp', { params: server() });
    serverUuid = added.json.inventory.uuid;
    expect(added.json.inventory).toMatchObject({
      type: 'SftpBackupStorage',
      status: 'Connected',
      hostname: '127.0.0.1',
    });
    expect(added.text).not.toContain('hidden-word');
  });
  afterAll(async () => {
    await web.end();
    await world.end();
  });
  beforeEach(async () => {
    await world.logIn();
    web.content = readFileSync(join(imports, 'whole'));
    web.tag = '"one"';
    web.breaks = 0;
    web.asked.length = 0;
  });

  const server = (more: object = {}) => ({
    ...{ name: 'images', hostname: '127.0.0.1', username: 'root', password: 'hidden-word' },
    url: servers,
    ...more,
  });

  /** A file with something in it that a compression cannot make nothing of. */
  function qcow2(name: string, size: number, ...words: string[]): Buffer {
    const path = join(imports, name);
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...words, path, String(size)]);
    execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 7 0 1M', path]);
    return readFileSync(path);
  }

  function disk(format: string): Buffer {
    const path = join(imports, format);
    execFileSync('qemu-img', ['create', '-q', '-f', format, path, '8M']);
    return readFileSync(path);
  }

  const body = (params: object) => ({
    params: { name: 'image', format: 'qcow2', backupStorageUuids: [serverUuid], url: web.url, ...params },
  });
  const added = (params: object) => world.change('POST', '/images', body(params));
  const begun = async () => (await world.rest('POST', '/images', body({}))).json.location as string;

  const found = async (uuid: string) => (await world.rest('GET', `/images/${uuid}`)).json.inventories;
  const filesOf = (uuid: string) => readdirSync(servers).filter((name) => name.startsWith(uuid));

  test('an image is fetched, examined and told with its sizes', async () => {
    const { json } = await added({ url: web.url.replace('/image', '/moved') });
    const { uuid } = json.inventory;
    expect(json.inventory).toMatchObject({
      ...{ status: 'Ready', state: 'Enabled', size: 8 * MEBIBYTE, actualSize: web.content.length },
      ...{ platform: 'Linux', mediaType: 'RootVolumeTemplate', type: 'zstack', system: false },
      md5Sum: createHash('md5').update(web.content).digest('hex'),
      backupStorageRefs: [
        { backupStorageUuid: serverUuid, status: 'Ready', installPath: join(servers, `${uuid}.qcow2`) },
      ],
    });
    expect(readFileSync(join(servers, `${uuid}.qcow2`))).toEqual(web.content);
    expect(filesOf(uuid)).toHaveLength(1);
    const byServer = await world.rest('GET', `/images?q=backupStorage.name=images&q=uuid=${uuid}`);
    expect(byServer.json.inventories).toHaveLength(1);
    expect(byServer.json.schema).toMatchObject({
      'inventories[0].backupStorageRefs[0]': `${HEADER}.image.ImageBackupStorageRefInventory`,
    });
  });

  test('a connection that breaks off is gone on with where it was', async () => {
    web.breaks = 2;
    const { json } = await added({});
    expect(json.inventory.status).toBe('Ready');
    expect(web.asked[0]).toBe('all');
    expect(web.asked.slice(1)).toEqual([
      expect.stringMatching(/^bytes=\d{3,}-$/),
      expect.stringMatching(/^bytes=\d{3,}-$/),
    ]);
  });

  test('what is another version by then begins anew', async () => {
    web.breaks = 1;
    const other = qcow2('other', 16 * MEBIBYTE);
    const location = await begun();
    await sleep(500);
    web.content = other;
    web.tag = '"two"';
    const { json } = await world.ended(location);
    expect(json.inventory).toMatchObject({ size: 16 * MEBIBYTE, actualSize: other.length });
  });

  test('a restart of the service in the middle of it: it goes on', async () => {
    web.breaks = 1;
    const location = await begun();
    await sleep(500);
    await world.restart();
    const { pathname } = new URL(location);
    const { json } = await world.ended(pathname.replace('/zstack/v1', ''));
    expect(json.inventory.status).toBe('Ready');
    expect(web.asked.at(-1)).toMatch(/^bytes=/);
  });

  test('an image of this machine comes from the folder of imports alone', async () => {
    const file = (name: string) => `file://${join(imports, name)}`;
    expect((await added({ url: file('whole') })).json.inventory.status).toBe('Ready');
    symlinkSync('/etc/hostname', join(imports, 'link'));
    symlinkSync(world.folder, join(imports, 'folder'));
    mkdirSync(join(imports, 'nothing'));
    for (const url of [file('link'), file('folder/state/store.sqlite'), file('absent'), file('nothing')]) {
      const { json } = await added({ url, format: 'raw' });
      expect(json.error, url).toMatchObject({
        code: 'SYS.1007',
        details: expect.stringContaining('field url'),
      });
    }
    const [before] = [readdirSync(servers).length];
    for (const url of [
      'file:///etc/shadow',
      file('../state/store.sqlite'),
      'file://other/x',
      `${imports}/whole`,
      'ftp://x/y',
      'http://me:word@x/y',
    ]) {
      const { json } = await added({ url });
      expect(json.error, url).toMatchObject({
        code: 'SYS.1007',
        details: expect.stringContaining('field url'),
      });
      expect(json.error.details).not.toContain('word@');
    }
    expect(readdirSync(servers)).toHaveLength(before);
  });

  test.each([
    ['is none', () => Buffer.from('no image'), 'no qcow2'],
    ['is cut short', () => web.content.subarray(0, web.content.length / 2), ''],
    [
      'has a backing file',
      () => qcow2('backed', 8 * MEBIBYTE, '-b', '/etc/hostname', '-F', 'raw'),
      'backing file',
    ],
    [
      'has a data file',
      () => qcow2('data', 8 * MEBIBYTE, '-o', `data_file=${join(imports, 'raw')}`),
      'data file',
    ],
    [
      'is larger inside than any disk',
      () => qcow2('bomb', 32 * 2 ** 40, '-o', 'cluster_size=2M'),
      'shows a guest',
    ],
  ])('a file that %s is refused, and nothing of it stays', async (_, content, words) => {
    web.content = content();
    const { status, json } = await added({});
    expect(status).toBe(503);
    expect(json.error).toMatchObject({ code: 'SYS.1006', details: expect.stringContaining(words) });
    expect(json.error.details).not.toContain('\n');
    expect(
      (await world.rest('GET', '/images?q=name=image&q=status!=Ready&q=status!=Deleted')).json.inventories,
    ).toEqual([]);
    expect(readdirSync(servers).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test.each<[string, () => Buffer, string]>([
    ['packed', () => gzipSync(web.content), 'the file is packed by gzip: unpack it first'],
    ['packed', () => zstdCompressSync(web.content), 'the file is packed by zstd: unpack it first'],
    ['a qcow2', () => web.content, 'the file is a qcow2: give that format'],
    ['a VMDK', () => disk('vmdk'), 'the file is a VMDK: make it one by qemu-img convert -O qcow2'],
    ['a VDI', () => disk('vdi'), 'the file is a VDI: make it one by qemu-img convert -O qcow2'],
    ['a VHDX', () => disk('vhdx'), 'the file is a VHDX: make it one by qemu-img convert -O qcow2'],
    [
      'a page',
      () => Buffer.from('\n<!DOCTYPE html><title>Log in</title>'),
      'the file is a web page: look what the address answers',
    ],
  ])('what is said to be raw and is %s is refused by what it is', async (_, content, words) => {
    web.content = content();
    const { json } = await added({ format: 'raw' });
    expect(json.error).toMatchObject({ code: 'SYS.1006', details: words });
  });

  test('a server that has it not, and one that is not there, are told', async () => {
    expect((await added({ url: `${web.url}s` })).json.error.details).toContain('404');
    const nobody = await added({ url: 'http://127.0.0.1:1/x' });
    expect(nobody.json.error).toMatchObject({
      code: 'SYS.1010',
      details: expect.stringContaining('127.0.0.1:1'),
    });
  });

  test('deleted, recovered, deleted, expunged', async () => {
    const { uuid } = (await added({})).json.inventory;
    const act = (body: object) => world.change('PUT', `/images/${uuid}/actions`, body);
    expect((await act({ expungeImage: {} })).json.error).toMatchObject({ code: 'SYS.1006' });
    expect((await world.change('DELETE', `/images/${uuid}`)).status).toBe(200);
    expect(await found(uuid)).toMatchObject([{ status: 'Deleted' }]);
    expect((await act({ recoverImage: {} })).json.inventory.status).toBe('Ready');
    await world.change('DELETE', `/images/${uuid}`);
    expect(filesOf(uuid)).toHaveLength(1);
    expect((await act({ expungeImage: {} })).status).toBe(200);
    expect(await found(uuid)).toEqual([]);
    expect(filesOf(uuid)).toEqual([]);
  });

  test('by the policy Direct a deleted image is gone at once', async () => {
    const policy = (value: string) =>
      world.change('PUT', '/global-configurations/image/deletionPolicy/actions', {
        updateGlobalConfig: { value },
      });
    await policy('Direct');
    const { uuid } = (await added({})).json.inventory;
    await world.change('DELETE', `/images/${uuid}`);
    await policy('Delay');
    expect([await found(uuid), filesOf(uuid)]).toEqual([[], []]);
  });

  test.each([
    [{ hostname: '192.0.2.7' }, 'hostname'],
    [{ url: '/etc' }, 'url'],
    [{ url: 'images' }, 'url'],
    [{ importImages: true }, 'importImages'],
  ])('an image server with %j is refused with the name of the field', async (wrong, field) => {
    const { json } = await world.change('POST', '/backup-storage/sftp', { params: server(wrong) });
    expect(json.error).toMatchObject({
      code: 'SYS.1007',
      details: expect.stringContaining(`field ${field}`),
    });
  });

  test('two image servers share no folder; one with images stays', async () => {
    const inside = await world.change('POST', '/backup-storage/sftp', {
      params: server({ url: join(servers, 'in') }),
    });
    expect(inside.json.error.details).toContain('images');
    expect(existsSync(join(servers, 'in'))).toBe(false);
    await added({});
    const gone = await world.change('DELETE', `/backup-storage/${serverUuid}`);
    expect(gone.json.error).toMatchObject({ code: 'SYS.1006' });
  });
});
