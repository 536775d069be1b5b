import { lookup } from 'node:dns/promises';
import { access, readFile, statfs } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { type Lang, say } from '../../api/words.ts';
import { mustRun, run } from '../../system/exec.ts';
import { pinnedHost } from '../../system/rabbitmq-name.ts';
import { needSystemd } from '../../system/systemctl.ts';
import { refusal } from '../../system/tcp.ts';
import { NEARLY_FULL, usedShare } from '../storage/full.ts';
import { settingTroubles } from '../system-settings/config.ts';
import { RSYSLOG, readRemoteLog } from '../system-settings/remote-log.ts';
import { UNIT_CONTROL } from '../system-settings/units.ts';
import { bad, type Check, good, type Seen } from './check.ts';

const LIMIT = 20_000;

/** Checks of the machine and its system. */
export const HOST_CHECKS: readonly Check[] = [
  {
    key: 'hostname',
    title: say('hostname', '主机名'),
    async look() {
      const name = hostname();
      const remedy = say('set a short name that /etc/hosts has', '请设置短主机名并写入 /etc/hosts');
      // A broker that is pinned to another name does not mind.
      if (name.includes('.') && (await pinnedHost()) === undefined)
        return bad(say(`${name} has a dot`, `${name} 含有点号`), remedy);
      const found = await lookup(name).catch(() => undefined);
      if (found === undefined) return bad(say(`${name} does not resolve`, `${name} 无法解析`), remedy);
      return good(`${name} is ${found.address}`, `${name} 为 ${found.address}`);
    },
  },
  {
    key: 'settings',
    title: say('settings of this node', '本节点的设置'),
    async look({ config }) {
      const troubles = await settingTroubles(config);
      if (troubles.length === 0) return good('role and node.ini make sense', '角色与 node.ini 有效');
      const of = (lang: Lang) => troubles.map((words) => words[lang]);
      return bad(
        say(of('en').join('; '), of('zh').join('；')),
        say(
          'put it right, then: systemctl restart zs-controller',
          '更正后运行：systemctl restart zs-controller',
        ),
      );
    },
  },
  {
    key: 'address',
    title: say('network address', '网络地址'),
    async look() {
      const all = Object.values(networkInterfaces()).flatMap((own) => own ?? []);
      const own = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
      const addresses = own.map(({ address }) => address).join(' ');
      if (own.length > 0) return good(addresses, addresses);
      return bad(
        say('no NIC has an address', '没有网卡配置地址'),
        say(
          'F2, Configure Networks; then run the installer again if it was left out',
          '请在“配置网络”中设置，如安装被跳过请重新运行安装',
        ),
      );
    },
  },
  {
    key: 'virtualization',
    title: say('virtualization', '虚拟化'),
    roles: ['compute', 'storage'],
    async look() {
      const flags = /^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
      if (!/ (vmx|svm)( |$)/.test(flags)) {
        return bad(
          say('no vmx or svm in /proc/cpuinfo', '/proc/cpuinfo 中没有 vmx 或 svm'),
          say(
            'turn virtualization on in the firmware; in a guest: nested virtualization',
            '请在固件中启用虚拟化；虚拟机中请启用嵌套虚拟化',
          ),
        );
      }
      const there = await access('/dev/kvm').then(
        () => true,
        () => false,
      );
      if (there) return good('/dev/kvm is there', '/dev/kvm 可用');
      const module = flags.includes(' vmx') ? 'kvm_intel' : 'kvm_amd';
      return bad(
        say('/dev/kvm is missing', '/dev/kvm 不存在'),
        say(`modprobe ${module}`, `modprobe ${module}`),
      );
    },
  },
  {
    key: 'disk',
    title: say('system disk', '系统盘'),
    async look() {
      const share = usedShare(await statfs('/'));
      const text = `${Math.round(share * 100)}%`;
      if (share < NEARLY_FULL) return good(`${text} used`, `已用 ${text}`);
      return bad(
        say(`${text} used; largest: ${await largest()}`, `已用 ${text}；最大目录：${await largest()}`),
        say('free space: old logs and dumps first', '请清理空间：先清理旧日志与备份'),
      );
    },
  },
  {
    key: 'clock',
    title: say('clock', '时钟'),
    async look() {
      needSystemd();
      const text = await mustRun(['timedatectl', 'show', '--property=NTPSynchronized', '--value'], {
        timeout: LIMIT,
      });
      if (text.trim() === 'yes') return good('in step with NTP', '已与 NTP 同步');
      return bad(
        say('not in step with NTP', '未与 NTP 同步'),
        say(
          'look at the NTP servers: chronyc sources, timedatectl',
          '请检查 NTP 服务器：chronyc sources、timedatectl',
        ),
      );
    },
  },
  {
    key: 'remote-log',
    title: say('log server', '日志服务器'),
    look: remoteLog,
  },
  {
    key: 'failed-units',
    title: say('services of the system', '系统服务'),
    async look() {
      needSystemd();
      const text = await mustRun(['systemctl', '--failed', '--plain', '--no-legend', '--no-pager'], {
        timeout: LIMIT,
      });
      const names = text
        .split('\n')
        .map((line) => line.split(' ')[0])
        .filter(Boolean);
      if (names.length === 0) return good('none has failed', '没有失败的服务');
      const list = names.join(' ');
      return bad(
        say(`failed: ${list}`, `失败：${list}`),
        say(`journalctl -u ${names[0]}`, `journalctl -u ${names[0]}`),
      );
    },
  },
  {
    key: 'blocked-tasks',
    title: say('blocked tasks', '阻塞的任务'),
    async look() {
      const { code, stdout } = await run(['dmesg'], { timeout: LIMIT, maxBytes: 16 * 1024 * 1024 });
      const line = stdout.split('\n').findLast((text) => /task .* blocked for more than/.test(text));
      if (code !== 0) return undefined;
      if (line === undefined) return good('none in dmesg', 'dmesg 中没有');
      return bad(
        say(line.trim(), line.trim()),
        say('starved of CPU, memory or disk: give more, restart', 'CPU、内存或磁盘不足：请增加资源并重启'),
      );
    },
  },
];

/** Undefined where nothing is to be sent anywhere. */
async function remoteLog(): Promise<Seen | undefined> {
  if ((await UNIT_CONTROL.installed([RSYSLOG])) === undefined) return undefined;
  const { server, active } = await readRemoteLog(UNIT_CONTROL);
  if (server === null) return undefined;
  const { host, port, protocol } = server;
  const place = `${host}, ${protocol.toUpperCase()} ${port}`;
  if (!active)
    return bad(
      say(`rsyslog does not run: nothing is sent to ${place}`, `rsyslog 未运行：日志未发送到 ${place}`),
      say(
        'journalctl -u rsyslog tells why; systemctl restart rsyslog',
        '原因见 journalctl -u rsyslog；systemctl restart rsyslog',
      ),
    );
  if (protocol === 'udp')
    return good(`sent to ${place}; whether it arrives is not known`, `发送到 ${place}；是否送达未知`);
  const silent = await refusal(host, port);
  if (silent === undefined) return good(`sent to ${place}, which answers`, `发送到 ${place}，有应答`);
  return bad(
    silent,
    say(
      'look at that server and the way to it; F2, System Settings, Log server for another one',
      '请检查该服务器及网络；或在“系统设置”的“日志服务器”中更换',
    ),
  );
}

async function largest(): Promise<string> {
  const { stdout } = await run(['du', '-xm', '--max-depth=2', '/var', '/usr/local', '/tmp', '/root'], {
    timeout: LIMIT,
  }).catch(() => ({ stdout: '' }));
  const rows = stdout.split('\n').map((line) => line.split('\t'));
  const deep = rows.filter(([, path = '']) => path.split('/').length > 2);
  const top = deep.sort(([one], [other]) => Number(other) - Number(one)).slice(0, 3);
  return top.map(([size, path]) => `${path} ${size} MB`).join(', ') || 'not found within the time';
}
