import { readdir, readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { say, type Words } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { NetworkManager } from '../../system/networkmanager/manager.ts';
import { settingIn } from '../../system/node-ini.ts';
import { type MissingPort, missingPorts } from '../network/change/missing-ports.ts';
import { networkPlaces } from '../network/change/places.ts';
import { see } from '../network/change/read.ts';
import { missingNics } from '../network/missing.ts';
import { WAY_OUT, missingWords as wordsOfNic } from '../network/missing-words.ts';
import { bad, type Check, good, joined } from './check.ts';

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
    key: 'kept',
    title: say('kept network', '保留的网络'),
    async look({ kept }) {
      const all = kept().map(({ words }) => words);
      return all.length === 0
        ? good('as it was kept last', '与上次保留的一致')
        : bad(joined(all), KEEP_OR_GO_BACK);
    },
  },
  {
    key: 'missing-nics',
    title: say('NICs that are configured', '已配置的网卡'),
    async look({ config, data }) {
      const missing = await missingNics(
        networkPlaces(data, config),
        await settingIn(config, 'management_nic'),
      );
      if (missing.length === 0) return good('all are there', '全部存在');
      return bad(joined(missing.map(wordsOfNic)), WAY_OUT);
    },
  },
  {
    key: 'bonds',
    title: say('bonds', '链路聚合'),
    async look() {
      const names = await readdir(BONDS).catch((): string[] => []);
      if (names.length === 0) return undefined;
      const texts = await Promise.all(names.map((name) => readFile(`${BONDS}/${name}`, 'utf8')));
      const troubles = texts.flatMap((text, at) => bondTroubles(names[at] ?? '', text));
      const missing = (await portsMissing()).filter(({ controller }) => names.includes(controller));
      if (missing.length > 0) return bad(joined([...missing.map(missingWords), ...troubles]), REJOIN);
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

const KEEP_OR_GO_BACK = say(
  'F2, Configure Networks, h: r goes back to the kept state, k keeps the network of now',
  '“配置网络”，h：r 恢复保留的状态，k 保留当前网络',
);

const REJOIN = say(
  'F2, Configure Networks: h brings back the state that was kept last; a attaches a NIC to a bond',
  '“配置网络”：h 可恢复上次保留的状态；a 将网卡加入聚合',
);

/** What NetworkManager's profiles want and the kernel has not; nothing is known of it while NetworkManager is away. */
async function portsMissing(): Promise<MissingPort[]> {
  const manager = await NetworkManager.open().catch(() => undefined);
  if (manager === undefined) return [];
  try {
    return missingPorts(await see(manager));
  } finally {
    manager.close();
  }
}

function missingWords({ port, controller, gone, instead }: MissingPort): Words {
  if (gone) return say(`${port} of ${controller} is not there`, `${controller} 的 ${port} 不存在`);
  if (instead === undefined) return say(`${port} is not in ${controller}`, `${port} 不在 ${controller} 中`);
  return say(
    `${port} is in ${instead}, not in ${controller}`,
    `${port} 在 ${instead} 中，不在 ${controller} 中`,
  );
}

const SWITCH = say(
  'look at the switch port and the cable: F2, Configure Networks shows the port (LLDP)',
  '请检查交换机端口与网线：“配置网络”可显示端口（LLDP）',
);

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
