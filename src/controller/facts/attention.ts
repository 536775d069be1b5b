import { latestOf, type Reading } from '../../api/reading.ts';
import { say, type Words } from '../../api/words.ts';
import type { NodeFacts } from '../../node/facts/board.ts';
import type {
  Attention,
  ClusterLink,
  DiskFact,
  Hardware,
  MissingNic,
  Nic,
  ServiceFact,
  Usage,
  Vm,
} from '../../node/facts/schema.ts';
import { isNeeded, missingWords, WAY_OUT } from '../../node/network/missing-words.ts';

const DIAGNOSE = say('F2, Diagnose', 'F2，诊断');
const NETWORKS = say('F2, Configure Networks', 'F2，配置网络');
const MANAGEMENT = say('F2, Set Management Network', 'F2，设置管理网络');
const SERVICES = say('F2, Start/Stop/Restart ZStack Service', 'F2，启动/停止/重启服务');
/** No entry of the menu starts NetworkManager: it would be started over whatever somebody does at a shell without it. */
const SHELL = say(
  'Ctrl+Alt+F2, systemctl start NetworkManager',
  'Ctrl+Alt+F2，systemctl start NetworkManager',
);
const SETTINGS = say('F2, System Settings', 'F2，系统设置');

/** Memory in use (0-1) from which new programs may fail, and from which the kernel ends some. */
const MEMORY_SHORT = 0.95;
const MEMORY_GONE = 0.98;

const bad = (words: Words, where?: Words): Attention => ({ level: 'bad', words, ...(where && { where }) });
const warn = (words: Words, where?: Words): Attention => ({ level: 'warn', words, ...(where && { where }) });

/** What wants a person on this node, from its facts alone; the gravest first. */
export function attentionOf(facts: Omit<NodeFacts, 'attention'>): Attention[] {
  const found = [
    ...facts.services.flatMap(ofService),
    ...ofNeeded(facts.services),
    ...ofDisks(facts.disks),
    ...facts.missing.map(ofMissing),
    ...ofNics(facts.nics),
    ...ofMemory(facts.memory),
    ...ofClock(facts.clock.synced),
    ...ofClusterClock(facts.cluster),
    ...ofVms(facts.vms),
    ...ofHealth(facts.hardware.disks),
  ];
  return [...found.filter(({ level }) => level === 'bad'), ...found.filter(({ level }) => level === 'warn')];
}

function ofService({ key, label, state }: ServiceFact): Attention[] {
  const service = latestOf(state);
  if (key === 'network' && service?.active === 'stopped')
    return [
      bad(
        say('NetworkManager is stopped: no network can be changed', 'NetworkManager 已停止：无法更改网络'),
        SHELL,
      ),
    ];
  if (service?.active === 'failed') {
    const why = service.detail === undefined ? '' : ` (${service.detail})`;
    return [bad(say(`${label.en} failed${why}`, `${label.zh}失败${why}`), SERVICES)];
  }
  if (service?.detail === 'auto-restart')
    return [warn(say(`${label.en} ends and is started again`, `${label.zh}反复重启`), SERVICES)];
  return [];
}

/** The service starts again and again while what it needs is stopped: that one is the cause. */
function ofNeeded(services: readonly ServiceFact[]): Attention[] {
  const active = (key: ServiceFact['key']) => {
    const service = services.find((one) => one.key === key);
    return service && latestOf(service.state)?.active;
  };
  const management = active('management');
  if (management === undefined || management === 'stopped' || management === 'stopping') return [];
  return services
    .filter(({ key }) => (key === 'database' || key === 'broker') && active(key) === 'stopped')
    .map(({ label }) =>
      bad(
        say(
          `${label.en} is stopped: the management service cannot work without it`,
          `${label.zh}已停止：管理服务无法工作`,
        ),
        SERVICES,
      ),
    );
}

/** One line a file system: folders that share one are named together. */
function ofDisks(disks: readonly DiskFact[]): Attention[] {
  const silent = disks.filter(({ space }) => space.state === 'stale').map(ofSilent);
  const shared = new Map<string, DiskFact[]>();
  for (const disk of disks) {
    const key = JSON.stringify(latestOf(disk.space) ?? disk.path);
    shared.set(key, [...(shared.get(key) ?? []), disk]);
  }
  return [...silent, ...[...shared.values()].flatMap(ofFileSystem)];
}

const ofSilent = ({ label, space }: DiskFact): Attention => {
  const why = space.state === 'known' ? label : space.why;
  return bad(say(`${label.en}: ${why.en}`, `${label.zh}：${why.zh}`), DIAGNOSE);
};

function ofFileSystem(disks: readonly DiskFact[]): Attention[] {
  const space = disks[0] && latestOf(disks[0].space);
  if (space === undefined) return [];
  const names = {
    en: disks.map(({ label }) => label.en).join(', '),
    zh: disks.map(({ label }) => label.zh).join('、'),
  };
  if (space.readOnly) return [bad(say(`${names.en}: read-only`, `${names.zh}：只读`), DIAGNOSE)];
  const backup = disks.find(({ key, nearlyFull }) => key === 'backup' && nearlyFull);
  if (backup !== undefined && space.free < 2e9)
    return [
      warn(
        say('backup folder below 2 GB: the next backup may fail', '备份目录不足 2 GB：下次备份可能失败'),
        DIAGNOSE,
      ),
    ];
  if (!disks.some(({ nearlyFull }) => nearlyFull)) return [];
  return [warn(say(`${names.en}: nearly full`, `${names.zh}：空间将满`), DIAGNOSE)];
}

function ofNics(reading: Reading<Nic[]>): Attention[] {
  const nics = latestOf(reading);
  if (nics === undefined) return [];
  const troubled = nics.filter((nic) => nic.trouble !== undefined).map(ofTrouble);
  return [...ofManagementNic(nics), ...troubled];
}

function ofManagementNic(nics: readonly Nic[]): Attention[] {
  const nic = nics.find(({ management }) => management);
  if (nic === undefined) return [ofNoManagementNic(nics)];
  const state = nic.up ? undefined : say('is down', '未连接');
  const problem = nic.addresses.length === 0 ? say('has no address', '没有地址') : state;
  if (problem === undefined) return [];
  return [
    bad(say(`management NIC ${nic.name} ${problem.en}`, `管理网卡 ${nic.name} ${problem.zh}`), NETWORKS),
  ];
}

/** With addresses there it is only not told which of them is meant, or the one that is told is not there. */
function ofNoManagementNic(nics: readonly Nic[]): Attention {
  const addressed = nics.some(({ kind, addresses }) => kind !== 'loopback' && addresses.length > 0);
  return addressed
    ? bad(say('management NIC not known: choose it', '未确定管理网卡：请选择'), MANAGEMENT)
    : bad(say('no NIC has an address: set one', '没有网卡带地址：请设置'), NETWORKS);
}

const ofMissing = (nic: MissingNic): Attention => (isNeeded(nic) ? bad : warn)(missingWords(nic), WAY_OUT);

const ofTrouble = ({ name, trouble }: Nic): Attention =>
  warn(say(`${name}: ${trouble?.en}`, `${name}：${trouble?.zh}`), NETWORKS);

function ofMemory(reading: Reading<Usage>): Attention[] {
  const share = latestOf(reading)?.share ?? 0;
  if (share < MEMORY_SHORT) return [];
  const words = say('memory is nearly used up', '内存即将用尽');
  return [share < MEMORY_GONE ? warn(words, DIAGNOSE) : bad(words, DIAGNOSE)];
}

function ofClock(synced: Reading<boolean>): Attention[] {
  if (latestOf(synced) !== false) return [];
  return [warn(say('clock is not kept in step by NTP', '时钟没有与 NTP 同步'), SETTINGS)];
}

/** Milliseconds that the way over the network, and two clients of NTP, may make. */
const CLOCKS_APART = 60_000;

function ofClusterClock({ link }: ClusterLink): Attention[] {
  const ahead = latestOf(link)?.ahead ?? 0;
  if (Math.abs(ahead) < CLOCKS_APART) return [];
  const long = lasting(Math.abs(ahead));
  const words =
    ahead > 0
      ? say(`clock is ${long.en} behind the management node’s`, `时钟比管理节点慢${long.zh}`)
      : say(`clock is ${long.en} ahead of the management node’s`, `时钟比管理节点快${long.zh}`);
  return [bad(words, SETTINGS)];
}

const UNITS: readonly [number, string, string][] = [
  [365 * 86_400_000, 'years', '年'],
  [86_400_000, 'days', '天'],
  [3_600_000, 'hours', '小时'],
  [60_000, 'minutes', '分钟'],
];

/** In the largest unit of which there are at least two; a minute is the least. */
function lasting(milliseconds: number): Words {
  const [unit, en, zh] = UNITS.find(([each]) => milliseconds >= 2 * each) ?? [60_000, 'minutes', '分钟'];
  const count = Math.floor(milliseconds / unit);
  return say(count === 1 ? '1 minute' : `${count} ${en}`, `${count}${zh}`);
}

function ofVms(reading: Reading<Vm[]>): Attention[] {
  const crashed = (latestOf(reading) ?? []).filter(({ state }) => state === 'crashed');
  const away =
    reading.state === 'stale'
      ? [warn(say(`VMs: ${reading.why.en}`, `云主机：${reading.why.zh}`), SERVICES)]
      : [];
  return [...crashed.map(({ name }) => bad(say(`VM ${name} crashed`, `云主机 ${name} 已崩溃`))), ...away];
}

function ofHealth(reading: Hardware['disks']): Attention[] {
  const failing = (latestOf(reading) ?? []).filter(({ health }) => latestOf(health) === 'FAILED');
  return failing.map(({ device }) =>
    bad(say(`disk ${device} fails: SMART`, `磁盘 ${device} 即将损坏：SMART`), DIAGNOSE),
  );
}
