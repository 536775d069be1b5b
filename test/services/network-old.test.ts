import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importOld, leftOf } from '../../src/node/network/old/import.ts';
import type { OldPlaces } from '../../src/node/network/old/places.ts';
import { problemWords } from '../../src/node/network/old/problem.ts';
import { NetworkWorld } from './network-world.ts';
import type { OldCase } from './old-networks/case.ts';
import { CASES } from './old-networks/index.ts';

/** Profiles of every type without anything: what NetworkManager holds of them is the default. */
const BARE = {
  '802-3-ethernet': 'type=ethernet\n',
  bond: 'type=bond\ninterface-name=bare0\n[bond]\nmode=balance-rr\n',
  bridge: 'type=bridge\ninterface-name=bare1\n',
  vlan: 'type=vlan\ninterface-name=bare2\n[vlan]\nid=1\nparent=em01\n',
  infiniband: 'type=infiniband\n[infiniband]\ntransport-mode=datagram\n',
};
const OFF = '[ipv4]\nmethod=disabled\n[ipv6]\nmethod=disabled\n';

type Properties = Record<string, string>;

let world: NetworkWorld;
let bare: Record<string, Properties>;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 2 });
  // Profiles are read, not brought up.
  await world.inside('nmcli', 'networking', 'off');
  const folder = join(world.folder, 'etc/system-connections');
  for (const [at, [type, text]] of Object.entries(BARE).entries()) {
    const uuid = `0b8a4c56-9a4b-4a52-9d56-0d9f3b1e2c0${at}`;
    const path = join(folder, `${type}.nmconnection`);
    writeFileSync(path, `[connection]\nid=${type}\nuuid=${uuid}\n${text}${OFF}`, { mode: 0o600 });
  }
  await world.inside('nmcli', 'c', 'reload');
  bare = await loaded(Object.keys(BARE));
  expect(Object.keys(bare)).toHaveLength(Object.keys(BARE).length);
});
afterAll(() => world?.end());

/** What NetworkManager holds of profiles, by their ids. */
async function loaded(ids: readonly string[]): Promise<Record<string, Properties>> {
  if (ids.length === 0) return {};
  const text = await world.inside('nmcli', '-t', '-e', 'no', 'c', 'show', ...ids.flatMap((id) => ['id', id]));
  const found = text
    .trim()
    .split('\n\n')
    .map(
      (block): Properties =>
        Object.fromEntries(
          block
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
        ),
    );
  return Object.fromEntries(found.map((properties) => [properties['connection.id'] ?? '', properties]));
}

/** What differs from a bare profile of that type; made ids are left out. */
function differences(properties: Properties): Properties {
  const type = properties['connection.type'] ?? '';
  const plain = bare[type] ?? {};
  const own = ['connection.id', 'connection.uuid', 'connection.timestamp'];
  const differs = Object.entries(properties).filter(
    ([name, value]) => !own.includes(name) && value !== (plain[name] ?? ''),
  );
  const missing = Object.keys(plain).filter((name) => properties[name] === undefined && plain[name] !== '');
  const isPort = properties['connection.slave-type'] !== '';
  return {
    'connection.type': type,
    'connection.interface-name': properties['connection.interface-name'] ?? '',
    ...Object.fromEntries(differs),
    ...(isPort ? {} : Object.fromEntries(missing.map((name) => [name, '(gone)']))),
  };
}

function placesOf(name: string): OldPlaces {
  const folder = join(world.folder, 'cases', name.replaceAll(/\W+/g, '-'));
  const at = (file: string) => join(folder, file);
  return {
    scripts: at('network-scripts'),
    network: at('network'),
    staticRoutes: at('static-routes'),
    rules: at('70-persistent-net.rules'),
    modprobe: [at('modprobe.conf')],
    tables: [at('rt_tables')],
    interfaces: at('interfaces'),
    hostname: at('hostname'),
    profiles: join(world.folder, 'etc/system-connections'),
    otherProfiles: [at('run')],
    linkFiles: at('link-files'),
    plugins: [at('plugins')],
  };
}

function write(places: OldPlaces, given: OldCase): void {
  for (const file of readdirSync(places.profiles)) rmSync(join(places.profiles, file));
  mkdirSync(places.scripts, { recursive: true });
  const files = Object.entries(given.scripts);
  for (const [at, [name, text]] of files.entries()) {
    writeFileSync(join(places.scripts, name), text);
    // Each one newer than those before it.
    utimesSync(join(places.scripts, name), 1_700_000_000 + at, 1_700_000_000 + at);
  }
  const rest: [string, string | undefined][] = [
    [places.network, given.network],
    [places.staticRoutes, given.staticRoutes],
    [places.rules, given.rules],
    [places.modprobe[0] ?? '', given.modprobe],
    [places.tables[0] ?? '', given.tables],
    [places.interfaces, given.interfaces],
    [places.hostname, given.hostname],
  ];
  for (const [path, text] of rest) if (text !== undefined) writeFileSync(path, text);
  for (const [file, text] of Object.entries(given.own ?? {}))
    writeFileSync(join(places.profiles, file), text, { mode: 0o600 });
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

/** Without what the case brought itself. */
async function profilesNow(given: OldCase): Promise<Record<string, Properties>> {
  const files = namesIn(placesOf('').profiles).filter((name) => given.own?.[name] === undefined);
  await world.inside('nmcli', 'c', 'reload');
  const found = await loaded(files.map((name) => name.replace(/\.nmconnection$/, '')));
  return Object.fromEntries(Object.entries(found).map(([id, all]) => [id, differences(all)]));
}

describe('networks of the older generation', () => {
  test('there are enough of them', () => {
    expect(CASES.size).toBeGreaterThanOrEqual(60);
  });

  for (const [name, given] of CASES)
    test(name, async () => {
      const places = placesOf(name);
      write(places, given);
      const said = (await importOld(places)).map(({ en }) => en);
      const stays = await leftOf(places);
      const left = stays.map((problem) => problemWords(problem).en.replace(world.folder, ''));
      expect(left.sort()).toEqual([...(given.left ?? [])].sort());
      expect(await profilesNow(given)).toEqual(expected(given));
      for (const { file } of stays) expect(said.join('\n')).toContain(`${file}: `);
      expect(namesIn(places.linkFiles)).toEqual(given.names ?? []);
      if (given.hostnameAfter !== undefined)
        expect(readFileSync(places.hostname, 'utf8')).toBe(`${given.hostnameAfter}\n`);
      expectWhole(places, given);
    });
});

/** Nothing is lost: each file is where it was or aside, as it was. */
function expectWhole(places: OldPlaces, given: OldCase): void {
  const aside = namesIn(join(places.scripts, 'imported'));
  for (const [name, text] of Object.entries(given.scripts)) {
    const folder = aside.includes(name) ? join(places.scripts, 'imported') : places.scripts;
    expect(readFileSync(join(folder, name), 'utf8'), name).toBe(text);
  }
  expect(aside.filter((name) => given.scripts[name] === undefined)).toEqual([]);
}

/** A NIC's profile that goes by its name, unless the case says otherwise. */
const expected = ({ profiles }: OldCase): Record<string, Properties> =>
  Object.fromEntries(
    Object.entries(profiles).map(([id, properties]) => [
      id,
      { 'connection.type': '802-3-ethernet', 'connection.interface-name': id, ...properties },
    ]),
  );
