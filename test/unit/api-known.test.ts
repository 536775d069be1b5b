import { expect, test } from 'vitest';
import { knownMessages } from '../../src/management/define/known.ts';
import { APIS, RESOURCES } from '../../src/management/resource/definitions.ts';
import { SETTINGS } from '../../src/management/resource/global-config/settings/all.ts';
import { settingProblem } from '../../src/management/resource/global-config/settings/check.ts';
import { tableMessages, tableSettings, tableTags } from '../fixtures/api.ts';

test('every message of the tables is known, with its answer and its place', () => {
  const known = new Map(knownMessages().map((each) => [each.message, each]));
  const tables = tableMessages().filter(({ abstract }) => !abstract);
  expect(known.size).toBe(tables.length);
  for (const { message, reply, sync, rest } of tables) {
    const each = known.get(message);
    expect(each, message).toMatchObject({ sync, ...(reply === null ? {} : { reply }) });
    const { method, path, optionalPaths, isAction, parameterName } = rest ?? {};
    const action = isAction ? { isAction, parameterName } : {};
    const place = {
      method,
      path: path ?? '',
      ...(optionalPaths === undefined ? {} : { optionalPaths }),
      ...action,
    };
    expect(each?.rest, message).toEqual(rest === undefined ? undefined : place);
  }
});

test('rights are those of the tables', () => {
  const known = new Map(knownMessages().map((each) => [each.message, each]));
  for (const { message, rbac, accountOnly, abstract } of tableMessages()) {
    if (abstract) continue;
    const right =
      rbac === undefined || rbac === 'admin' ? undefined : { name: rbac, accountsOnly: accountOnly ?? false };
    expect(known.get(message)?.right, message).toEqual(right);
  }
});

test('clients offer what those that there are offer', () => {
  const offered = knownMessages().filter(({ obsolete }) => !obsolete);
  const tables = tableMessages().filter((each) => !each.abstract && !each.deprecated && each.inCli !== false);
  expect(offered.map(({ name }) => name).sort()).toEqual(tables.map(({ cli }) => cli).sort());
});

test('no API is there twice, and none is unknown to the tables', () => {
  const names = APIS.map(({ message }) => message);
  expect(new Set(names).size).toBe(names.length);
});

/** Passwords and keys with a default that everybody knows are not settings here. */
const isOurs = ({ enterprise, secret }: { enterprise?: boolean; secret?: boolean }) => !enterprise && !secret;

test('every public setting is there, with type, default, words and limits', () => {
  const ours = Object.entries(SETTINGS).flatMap(([category, settings]) =>
    Object.entries(settings).map(([name, setting]) => ({ category, name, ...setting })),
  );
  const key = ({ category, name }: { category: string; name: string }) => `${category} ${name}`;
  const tables = tableSettings().filter(isOurs);
  expect(ours.map(key).sort()).toEqual(tables.map(key).sort());
  for (const { validation = {}, ...table } of tables) {
    const { min, max, size, values, regex } = validation;
    const limits = size === true ? { size, maxSize: max } : { min, max, values, regex };
    expect(ours.find((each) => key(each) === key(table))).toMatchObject({
      ...{ type: table.type, default: table.default, description: table.description },
      ...Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
    });
  }
});

test('each default holds to its own limits', () => {
  for (const [category, settings] of Object.entries(SETTINGS))
    for (const [name, setting] of Object.entries(settings))
      expect(settingProblem(setting, setting.default), `${category} ${name}`).toBeUndefined();
});

/** Tags that people may give, and that this version does not read: they are refused until it does. */
const NOT_READ = [
  'RDPEnable::{RDPEnable}',
  'VDIMonitorNumber::{VDIMonitorNumber}',
  'capability::virtio-scsi',
  'ceph::nocephx',
  'ceph::pool::{poolName}',
  'commandsParallelismDegree::{parallelismDegree}',
  'guestL3Network::{guestL3NetworkUuid}',
  'instanceOfferingOnlinechange::{instanceOfferingOnliechange}',
  'l2NetworkUuid::{poolUuid}::clusterUuid::{clusterUuid}::cidr::{vtepCidr}',
  'localStorage::hostUuid::{hostUuid}',
  'nfs::mount::options::{options}',
  'primaryStorage::allocator::userTag::{tag}',
  'primaryStorage::allocator::userTag::{tag}::required',
  'primaryStorage::allocator::uuid::{uuid}',
  'primaryStorage::gateway::cidr::{storageGateway}',
  'primaryStorageUuidForDataVolume::{primaryStorageUuidForDataVolume}',
  'qemuga',
  'rootPassword::{rootPassword}',
  'sshkey::{sshkey}',
  'usbRedirect::{usbRedirect}',
  'userdata::{userdata}',
  'virtio::diskOffering::{diskOfferingUuid}::num::{number}',
  'windows::virtioVolume',
];

test('system tags of the resources are those of the tables that people give', () => {
  for (const { vo, tags } of RESOURCES) {
    const table = tableTags().filter((each) => each.resource === vo && each.setBy !== 'system');
    const wanted = table.filter(
      ({ tag, ephemeral, inherent, enterprise }) =>
        !ephemeral && !inherent && !enterprise && !NOT_READ.includes(tag),
    );
    expect([...tags].sort(), vo).toEqual(wanted.map(({ tag }) => tag).sort());
  }
});

test('what ordinary accounts may query is somebody’s, or meant for all', () => {
  const rights = new Map(knownMessages().map(({ message, right }) => [message, right]));
  const open = APIS.filter(({ kind, message }) => kind === 'query' && rights.get(message) !== undefined);
  const nobodys = open.filter(({ resource }) => resource?.owner === undefined).map(({ name }) => name);
  const forAll = ['QueryBackupStorage', 'QueryGlobalConfig', 'QueryHost', 'QueryNetworkServiceProvider'];
  expect(nobodys.sort()).toEqual([...forAll, 'QuerySftpBackupStorage', 'QueryZone']);
});
