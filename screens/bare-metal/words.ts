import type { Reading } from '../../src/api/reading.ts';
import type { Role } from '../../src/api/role.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { InstallationState, InstallationTold } from '../../src/node/bare-metal/schema/install.ts';
import type { PxeState } from '../../src/node/bare-metal/schema/pxe.ts';
import type { MachineState } from '../../src/node/bare-metal/schema.ts';
import { day, minuteTime } from '../format.ts';
import { told } from '../menu/values.ts';

export const ROLE_WORDS: Readonly<Record<Role, Words>> = {
  management: say('management', '管理节点'),
  compute: say('compute', '计算节点'),
  storage: say('storage', '存储节点'),
  expert: say('expert', '专家模式'),
};

const INSTALLATION: Readonly<Record<InstallationState, Words>> = {
  waiting: say('to be installed', '待安装'),
  installing: say('installing', '安装中'),
  installed: say('installed', '已安装'),
};

export const CANCEL_INSTALLATION = say('Cancel the installation', '取消安装');
export const UNDER_WAY_FAILS = say('One that is under way fails.', '正在进行的安装会失败。');

export const GONE = say('it is not known any more', '已不存在');

const SERVICE = say('PXE service', 'PXE 服务');
const MEDIUM = say('Installation medium', '安装介质');

/** What the service does, what it hands out, and which machines it can serve. */
export const pxeWords = (state: PxeState): Words[] => [
  told(SERVICE, serviceWords(state)),
  told(MEDIUM, state.medium.state === 'unknown' ? unavailable(state.medium.why) : same(state.medium.value)),
  ...unserved(say('BIOS machines', 'BIOS 机器'), state.bios),
  ...unserved(say('UEFI machines', 'UEFI 机器'), state.uefi),
  ...unread(say('Machines that ask', '请求网络启动的机器'), state.asking),
];

function serviceWords({ state, settings }: PxeState): Words {
  if (state === 'stopped') return say('stopped: no machine can be installed', '已停止：无法安装机器');
  const { nic = '?', address = '?', prefix = '?', first = '?', last = '?' } = settings ?? {};
  const where = say(
    `on ${nic} (${address}/${prefix}), machines get ${first} to ${last}`,
    `位于 ${nic}（${address}/${prefix}），分配 ${first} 到 ${last}`,
  );
  return state === 'running'
    ? say(`runs ${where.en}`, `运行中，${where.zh}`)
    : say(
        `! fails again and again, ${where.en}: journalctl -u zs-pxe`,
        `! 反复失败，${where.zh}：journalctl -u zs-pxe`,
      );
}

/** Nothing where they can be. */
const unserved = (label: Words, able: Reading<true>): Words[] =>
  able.state === 'unknown'
    ? [told(label, say(`cannot be installed: ${able.why.en}`, `无法安装：${able.why.zh}`))]
    : [];

const unread = (label: Words, reading: Reading<unknown>): Words[] =>
  reading.state === 'unknown' ? [told(label, unavailable(reading.why))] : [];

export const unavailable = (why: Words): Words => say(`unavailable: ${why.en}`, `不可用：${why.zh}`);

/** How far an installation is; empty when none was asked for. */
export function installationWords(installation: InstallationTold | undefined): Words {
  if (installation === undefined) return same('');
  const [role, state] = [ROLE_WORDS[installation.role], INSTALLATION[installation.state]];
  return say(`${state.en} (${role.en})`, `${state.zh}（${role.zh}）`);
}

/** What is known of it, a line each. */
export function installationLines(installation: InstallationTold): Words[] {
  const { macs, addresses, lease } = installation;
  return [
    told(say('Installation', '安装'), withSince(installation)),
    told(say('NICs (MAC)', '网卡 MAC'), same(macs.join(' '))),
    told(say('Address', '地址'), same(addresses.join(' '))),
    ...(lease === undefined ? [] : [told(say('Address for now', '临时地址'), same(lease))]),
  ];
}

function withSince(installation: InstallationTold): Words {
  const { since } = installation;
  const words = installationWords(installation);
  if (since === undefined) return words;
  const at = `${day(since)} ${minuteTime(since)}`;
  return say(`${words.en}, since ${at}`, `${words.zh}，自 ${at} 起`);
}

const ON = say('on', '开机');
const OFF = say('off', '关机');

/** As its BMC says. */
export function powerWords({ power }: MachineState): Words {
  if (power.state === 'unknown') return say('unknown', '未知');
  return power.value === 'on' ? ON : OFF;
}

export const firmwareWords = (firmware: 'bios' | 'uefi' | undefined): Words =>
  firmware === undefined ? say('another firmware', '其他固件') : same(firmware.toUpperCase());
