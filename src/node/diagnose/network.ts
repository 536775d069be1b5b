import { readdir, readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { say, type Words } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { settingIn } from '../system-settings/node-ini.ts';
import { bad, type Check, good } from './check.ts';

const BONDS = '/proc/net/bonding';
const LIMIT = 10_000;
const NO_PARTNER = '00:00:00:00:00:00';

/** Checks of links and of what is reached over them. */
export const NETWORK_CHECKS: readonly Check[] = [
  {
    key: 'management-nic',
    title: say('management NIC', '管理网卡'),
    async look({ config }) {
      const wanted = await settingIn(config, 'management_nic');
      if (wanted === undefined) return undefined;
      const there = await readdir('/sys/class/net');
      if (!there.includes(wanted)) {
        return bad(
          say(`expected ${wanted}; there is ${there.join(' ')}`, `应为 ${wanted}；现有 ${there.join(' ')}`),
          say(
            'a NIC was renamed or numbered anew: F2, Rename NIC, or Set Management Network',
            '网卡改名或重新编号：请使用“重命名网卡”或“设置管理网络”',
          ),
        );
      }
      if (networkInterfaces()[wanted] !== undefined)
        return good(`${wanted} has an address`, `${wanted} 有地址`);
      return bad(
        say(`${wanted} has no address`, `${wanted} 没有地址`),
        say('F2, Configure Networks', '请使用“配置网络”'),
      );
    },
  },
  {
    key: 'bonds',
    title: say('bonds', '链路聚合'),
    async look() {
      const names = await readdir(BONDS).catch(() => []);
      if (names.length === 0) return undefined;
      const texts = await Promise.all(names.map((name) => readFile(`${BONDS}/${name}`, 'utf8')));
      const troubles = texts.flatMap((text, at) => bondTroubles(names[at] ?? '', text));
      if (troubles.length === 0) return good(`${names.join(' ')} in order`, `${names.join(' ')} 正常`);
      return bad(joined(troubles), SWITCH);
    },
  },
  {
    key: 'ssh-dns',
    title: say('SSH log-in', 'SSH 登录'),
    async look() {
      const { code, stdout } = await run(['sshd', '-T'], { timeout: LIMIT }).catch(() => ({
        code: 127,
        stdout: '',
      }));
      if (code !== 0) return undefined;
      if (!/^usedns yes$/im.test(stdout)) return good('no look-up of names', '不做域名反查');
      return bad(
        say('UseDNS is on: a log-in waits for name servers', 'UseDNS 已启用：登录会等待域名服务器'),
        say('UseDNS no in /etc/ssh/sshd_config', '请在 /etc/ssh/sshd_config 设置 UseDNS no'),
      );
    },
  },
];

const SWITCH = say(
  'look at the switch port and the cable: F2, Configure Networks shows the port (LLDP)',
  '请检查交换机端口与网线：“配置网络”可显示端口（LLDP）',
);

const joined = (parts: readonly Words[]): Words =>
  say(parts.map(({ en }) => en).join('; '), parts.map(({ zh }) => zh).join('；'));

/** What is wrong with a bond, by the kernel's own account of it in /proc/net/bonding. */
export function bondTroubles(name: string, text: string): Words[] {
  const [head = '', ...ports] = text.split(/\n(?=Slave Interface:)/);
  const found: Words[] = [];
  const partner = /Partner Mac Address: (\S+)/.exec(head)?.[1];
  if (partner === NO_PARTNER)
    found.push(say(`${name}: no LACP partner answers`, `${name}：没有 LACP 对端应答`));
  const told = ports.map((port) => ({
    nic: /Slave Interface: (\S+)/.exec(port)?.[1] ?? '?',
    up: /MII Status: up/.test(port),
    speed: /Speed: (.+)/.exec(port)?.[1] ?? 'Unknown',
  }));
  for (const { nic, up } of told)
    if (!up) found.push(say(`${nic} of ${name} has no carrier`, `${name} 的 ${nic} 无链路`));
  const speeds = new Set(told.filter(({ up }) => up).map(({ speed }) => speed));
  if (speeds.size > 1) {
    const list = told.map(({ nic, speed }) => `${nic} ${speed}`).join(', ');
    found.push(say(`${name}: speeds differ: ${list}`, `${name}：速率不一致：${list}`));
  }
  return found;
}
