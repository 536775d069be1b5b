import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Plan } from '../../api/plan.ts';
import { known, type Reading, unknown } from '../../api/reading.ts';
import { say, type Words } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { readText } from '../../system/files.ts';
import { pinnedHost } from '../../system/rabbitmq-name.ts';
import { SettingsBus } from '../../system/settings-bus.ts';
import { refusal } from '../../system/tcp.ts';
import { type Keepers, setSetting } from './apply.ts';
import { blankingKeeper } from './blanking.ts';
import { brokerExecutors, type FollowParts, hasOwnBroker } from './broker.ts';
import { checkClock, clientKeeper, clockClient, clockKeeper, momentOf, timeIn } from './clock.ts';
import { checkZone, hostnameKeeper, keyboardKeeper, keyboardNow, zoneKeeper } from './daemons.ts';
import { hostsKeeper, resolvesHere } from './hosts.ts';
import { checkKeyboard, keyboards } from './keyboards.ts';
import { ntpClient, ntpKeeper } from './ntp.ts';
import { comparedSetting } from './plan/clock.ts';
import type { Around, Before, SetSetting, SystemStep } from './plan/steps.ts';
import { systemPlan } from './plan.ts';
import { readRemoteLog, remoteLogKeeper } from './remote-log.ts';
import {
  type Clock,
  changeSystem,
  listKeyboards,
  type Ntp,
  planSystem,
  readSystem,
  type SystemChange,
  type SystemSettings,
} from './schema.ts';
import { readSsh, sshKeeper } from './ssh.ts';
import { isSynced, UNIT_CONTROL, type UnitControl } from './units.ts';

export interface SystemParts {
  /** Folder of node.ini. */
  config: string;
  address(): Promise<string | undefined>;
  bus?: SettingsBus;
  units?: UnitControl;
  /** Only on a management node: its broker is named after the host. */
  broker?: FollowParts;
}

/** Settings of the machine as a whole. */
export function systemFeature(parts: SystemParts): Feature {
  const { config, bus = new SettingsBus(), units = UNIT_CONTROL } = parts;
  const keepers: Keepers = {
    hostname: hostnameKeeper(bus),
    hosts: hostsKeeper(),
    zone: zoneKeeper(bus),
    clock: clockKeeper(bus),
    client: clientKeeper(units),
    ntp: ntpKeeper(units),
    keyboard: keyboardKeeper(bus),
    ssh: sshKeeper(units),
    blanking: blankingKeeper(config),
    remoteLog: remoteLogKeeper(units),
  };
  const planOf = async (change: SystemChange): Promise<Plan<SystemStep>> => {
    await check(change, units);
    const zone = change.kind === 'clock' ? await keepers.zone.read() : '';
    return systemPlan(change, await before(change, keepers, units), await around(change, parts, zone));
  };
  return feature<SystemStep>({
    actions: [
      implement(readSystem, () => readAll(keepers, units)),
      implement(listKeyboards, async () => (await keyboards()) ?? []),
      implement(planSystem, async (change, run) => run.show(await planOf(change))),
      implement(changeSystem, async (change, run) => {
        const plan = await planOf(change);
        run.agreed(plan);
        const follows = plan.steps.some(({ type }) => type === 'system.brokerFollows');
        await (follows ? run.holding('services', () => run.carryOut(plan)) : run.carryOut(plan));
      }),
    ],
    executors: {
      'system.set': { ...setSetting<SetSetting>(keepers), compared: comparedSetting },
      ...brokerExecutors(parts.broker),
    },
  });
}

async function readAll(keepers: Keepers, units: UnitControl): Promise<SystemSettings> {
  const [hostname, zone, clock, ntp, keyboard, ssh, blanking, remoteLog] = await Promise.all([
    reading(() => keepers.hostname.read()),
    reading(() => keepers.zone.read()),
    reading(() => readClock(keepers, units)),
    reading(() => readNtp(keepers, units)),
    reading(() => keepers.keyboard.read()),
    reading(() => readSsh(units)),
    reading(async () => (await keepers.blanking.read()).now),
    reading(() => readRemoteLog(units)),
  ]);
  return { hostname, zone, clock, ntp, keyboard, ssh, blanking, remoteLog };
}

async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return known(await read());
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

async function readNtp(keepers: Keepers, units: UnitControl): Promise<Ntp> {
  const { unit, path, others } = await ntpClient(units);
  const [servers, besides] = [await keepers.ntp.read(), await others(path)];
  return { service: unit, servers, others: besides, synced: await isSynced() };
}

async function readClock(keepers: Keepers, units: UnitControl): Promise<Clock> {
  const client = await clockClient(units);
  return { time: timeIn(await keepers.zone.read(), Date.now()), ...(client !== undefined && { client }) };
}

/** What no schema can see: whether there is such a thing on this machine. */
async function check(change: SystemChange, units: UnitControl): Promise<void> {
  if (change.kind === 'clock') await checkClock(units, isSynced);
  if (change.kind === 'zone') await checkZone(change.zone);
  if (change.kind === 'keyboard') await checkKeyboard(change.keyboard);
  if (change.kind === 'hostname') await checkStorageName();
}

const OCFS2 = '/etc/ocfs2/cluster.conf';
const OCFS2_LIMIT = 1024 * 1024;

/** A member of an OCFS2 cluster is known there by its hostname: under another one its disks stay away. */
async function checkStorageName(): Promise<void> {
  const text = (await readText(OCFS2, OCFS2_LIMIT)) ?? '';
  const own = hostname();
  if (!text.split('\n').some((line) => line.trim() === `name = ${own}`)) return;
  throw new Fault(
    'conflict',
    say(
      `this node is ${own} in an OCFS2 cluster: under another name it cannot mount its volumes`,
      `本节点在 OCFS2 集群中名为 ${own}：更名后无法挂载卷`,
    ),
    {
      field: 'hostname',
      next: say(`change it in ${OCFS2} on all members first`, `请先在所有成员上修改 ${OCFS2}`),
    },
  );
}

async function before(change: SystemChange, keepers: Keepers, units: UnitControl): Promise<Before> {
  switch (change.kind) {
    case 'hostname':
      return { hostname: await keepers.hostname.read(), hosts: await keepers.hosts.read() };
    case 'zone':
      return { zone: await keepers.zone.read() };
    case 'clock':
      return { clock: await keepers.clock.read(), client: await keepers.client.read() };
    case 'ntp':
      return { ntp: await readNtp(keepers, units), client: await keepers.client.read() };
    case 'keyboard':
      return { keyboard: await keepers.keyboard.read() };
    case 'ssh':
      return { ssh: await readSsh(units) };
    case 'blanking':
      return { blanking: await keepers.blanking.read() };
    case 'remoteLog':
      return { remoteLog: await readRemoteLog(units) };
  }
}

/** Debian's address for a machine's own name when it has no lasting one. */
const OWN_NAME_ADDRESS = '127.0.1.1';

async function around(change: SystemChange, parts: SystemParts, zone: string): Promise<Around> {
  return {
    clockBy: change.kind === 'clock' ? Math.round((momentOf(change.time, zone) - Date.now()) / 1000) : 0,
    broker: change.kind === 'hostname' && parts.broker !== undefined && (await isNamedAfter(parts.broker)),
    resolves: change.kind === 'hostname' && (await resolvesHere(change.hostname)),
    address: (await parts.address()) ?? OWN_NAME_ADDRESS,
    unresolved: await unresolved(serversOf(change)),
    ...(await silence(change)),
    keyboardNow: change.kind === 'keyboard' && (await keyboardNow()),
  };
}

/** A broker that is pinned to another name keeps its data under any hostname. */
const isNamedAfter = async (broker: FollowParts): Promise<boolean> =>
  (await hasOwnBroker(broker)) && (await pinnedHost()) === undefined;

function serversOf(change: SystemChange): readonly string[] {
  if (change.kind === 'ntp') return change.servers;
  return change.kind === 'remoteLog' && change.server !== '' ? [change.server] : [];
}

async function silence(change: SystemChange): Promise<{ silent?: Words }> {
  if (change.kind !== 'remoteLog' || change.server === '' || change.protocol === 'udp') return {};
  const silent = await refusal(change.server, change.port);
  return silent === undefined ? {} : { silent };
}

async function unresolved(servers: readonly string[]): Promise<string[]> {
  const found = await Promise.all(servers.map((server) => lookup(server).catch(() => undefined)));
  return servers.filter((_, index) => found[index] === undefined);
}
