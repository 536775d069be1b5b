import { expect, test } from 'vitest';
import { withoutSecrets } from '../../src/cli/zstack-cli/shell/history.ts';
import { offersFor } from '../../src/cli/zstack-cli/shell/offers.ts';
import { wordsOf } from '../../src/cli/zstack-cli/shell/split.ts';

test.each([
  ['QueryZone', ['QueryZone']],
  ['  a  b=c ', ['a', 'b=c']],
  ['CreateZone name="zone one" x=1', ['CreateZone', 'name=zone one', 'x=1']],
  [`a 'b "c" \\d' e`, ['a', 'b "c" \\d', 'e']],
  ['a "b \\" c"', ['a', 'b " c']],
  ['a b\\ c', ['a', 'b c']],
  [`Q conditions='[{"name": "x"}]'`, ['Q', 'conditions=[{"name": "x"}]']],
  ['a ""', ['a', '']],
  ['', []],
])('%s is the words %j', (line, words) => {
  expect(wordsOf(line)).toEqual(words);
});

test.each(['a "b', "a 'b", 'a \\'])('%s is not closed', (line) => {
  expect(() => wordsOf(line)).toThrow('not closed');
});

const CLUSTER = [
  ...['AttachL2NetworkToCluster', 'AttachPrimaryStorageToCluster', 'ChangeClusterState', 'CreateCluster'],
  ...['DeleteCluster', 'DetachL2NetworkFromCluster', 'DetachPrimaryStorageFromCluster'],
  ...['GetCandidateZonesClustersHostsForCreatingVm', 'GetVmStartingCandidateClustersHosts'],
  ...['QueryCluster', 'QueryVCenterCluster', 'UpdateCluster'],
];

test.each([
  ['cluster', 'cluster', CLUSTER],
  ['querycluster', 'querycluster', ['QueryCluster']],
  ['hist', 'hist', ['history']],
  ['help createzo', 'createzo', ['CreateZone']],
  ['CreateZone n', 'n', ['name=']],
  ['CreateZone name=x name', 'name', []],
  ['CreateZone user', 'user', ['userTags=']],
  ['ChangeZoneState stateEvent=', '', ['enable', 'disable']],
  ['QueryZone state=d', 'd', ['Disabled']],
  ['QueryZone cluster.hyp', 'cluster.hyp', ['cluster.hypervisorType=']],
  ['QueryZone replyWithCount=t', 't', ['true']],
  ['QueryAccount pass', 'pass', []],
  ['Nothing n', 'n', []],
])('at the end of "%s" there may stand', (line, part, offers) => {
  expect(offersFor(line)).toEqual({ part, offers });
});

test.each([
  ['LogInByAccount accountName=a password=x', 'LogInByAccount accountName=a'],
  ['CreateAccount password="a b \\" c" name=n', 'CreateAccount name=n'],
  [`UpdateAccount password='a b' name=n`, 'UpdateAccount name=n'],
  ['UpdateAccount password=a\\ b name=n', 'UpdateAccount name=n'],
  ['UpdateAccount password="a b', 'UpdateAccount'],
  ['AddKVMHost username=root password=x', 'AddKVMHost username=root'],
  ['SetVmConsolePassword consolePassword=x uuid=u', 'SetVmConsolePassword uuid=u'],
  ['LogOut sessionUuid=abc', 'LogOut'],
  ['CreateZone name="a  b"', 'CreateZone name="a  b"'],
  ['SetVmConsolePassword uuid=1 consolePassword=word', 'SetVmConsolePassword uuid=1'],
  [
    'CreateVmInstance systemTags=hostname::a,consolePassword::word,x',
    'CreateVmInstance systemTags=hostname::a,consolePassword::,x',
  ],
])('%s is kept as %s', (line, kept) => {
  expect(withoutSecrets(line)).toBe(kept);
});
