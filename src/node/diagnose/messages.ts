import { say, type Words } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { openPlain } from '../../system/held-folder.ts';
import { isSystemdRunning } from '../../system/systemctl.ts';
import { Mask } from '../logs/mask.ts';
import { knownSecrets } from '../logs/secrets.ts';
import { type Visitor, walk } from '../logs/walk.ts';
import type { CheckParts } from './check.ts';
import type { Finding } from './schema.ts';

/** Something that a log says when a known trouble is there. */
interface Message {
  key: string;
  pattern: RegExp;
  title: Words;
  remedy: Words;
}

const message = (key: string, pattern: RegExp, title: Words, en: string, zh: string): Message => ({
  key,
  pattern,
  title,
  remedy: say(en, zh),
});

/** What to look for, and what to do about it. */
export const MESSAGES: readonly Message[] = [
  message(
    'state-lock',
    /cannot acquire state change lock/i,
    say('libvirt is stuck on a domain', 'libvirt 卡在某云主机'),
    'restart libvirtd (remove its stale pid file), then reconnect the host',
    '请重启 libvirtd（删除其残留 pid 文件），然后重连主机',
  ),
  message(
    'machined',
    /ListActivatableNames|machine1.*timed out/i,
    say('D-Bus trouble of libvirt', 'libvirt 的 D-Bus 故障'),
    'restart systemd-machined and libvirtd, then reconnect the host',
    '请重启 systemd-machined 与 libvirtd，然后重连主机',
  ),
  message(
    'hvm',
    /could not find capabilities for.*(hvm|domaintype=kvm)|os type 'hvm'/i,
    say('no virtualization for VMs', '云主机缺少虚拟化支持'),
    'turn virtualization on in the firmware',
    '请在固件中启用虚拟化',
  ),
  message(
    'guest-memory',
    /cannot set up guest memory.*cannot allocate memory/i,
    say('no memory for a VM', '云主机内存不足'),
    'real memory is gone whatever the ratio: a smaller VM, more memory, swap',
    '物理内存已耗尽：请减小云主机、增加内存或交换',
  ),
  message(
    'unsafe-migration',
    /unsafe migration/i,
    say('migration is refused', '迁移被拒绝'),
    'the disk cache mode of that VM must be none',
    '请将该云主机的磁盘缓存模式设为 none',
  ),
  message(
    'vnic-busy',
    /vnic\d+\.\d+: device or resource busy/i,
    say('a VM NIC is taken', '云主机网卡被占用'),
    'the host was added twice or has foreign VMs: clean it',
    '主机被重复添加或存在外来云主机：请清理',
  ),
  message(
    'msrs',
    /kvm_put_msrs.*assertion/i,
    say('CPU mode does not fit', 'CPU 模式不匹配'),
    'turn host-passthrough off on this CPU',
    '请在该 CPU 上关闭 host-passthrough',
  ),
  message(
    'qcow3',
    /qcow version 3/i,
    say('an image is too new', '镜像版本过新'),
    'convert it: qemu-img convert -O qcow2 -o compat=0.10',
    '请转换：qemu-img convert -O qcow2 -o compat=0.10',
  ),
  message(
    'rsync-23',
    /rsync.*code 23/i,
    say('cold migration failed', '冷迁移失败'),
    'look at the owner of the volume files',
    '请检查云盘文件的属主',
  ),
  message(
    'mons',
    /all mons failed/i,
    say('Ceph does not answer', 'Ceph 没有应答'),
    'reconnect primary and backup storage; look at ceph -s',
    '请重连主存储与镜像服务器，并查看 ceph -s',
  ),
  message(
    'ceph-secret',
    /could not get value of the secret/i,
    say('a libvirt secret is stale', 'libvirt secret 已过期'),
    'virsh secret-undefine it, then reconnect the host',
    '请用 virsh secret-undefine 删除，然后重连主机',
  ),
  message(
    'guest-agent',
    /guest-set-user-password.*(error|not found|unsupported)|(error|failed).*guest-set-user-password/i,
    say('a password in a VM was not set', '云主机密码未能设置'),
    'its guest agent is missing or too old, or there is no such user',
    'guest agent 缺失或过旧，或没有该用户',
  ),
  message(
    'package-conflict',
    /package conflict|conflicts with file from package/i,
    say('package conflict', '软件包冲突'),
    'this host was not installed from the ISO: install it anew',
    '本主机不是由 ISO 安装：请重新安装',
  ),
];

/** Most of the end of each log, and of logs of a folder, that is looked at. */
const TAIL = 1024 * 1024;
const MOST_FILES = 30;
/** The logs of libvirt's guests have a folder of their own. */
const DEEPEST = 2;
/** Older logs tell of troubles that are over. */
const AGE = 3 * 86_400_000;
const LONGEST = 160;
const LIMIT = 20_000;

/** Known messages in the logs of the last three days: one finding each, or one that says there is none. */
export async function knownMessages({ layout }: Pick<CheckParts, 'layout'>): Promise<Finding[]> {
  const files = await logsIn([layout.logs, layout.systemLogs, '/var/log/libvirt']);
  const seen = new Map<string, { path: string; line: string; count: number }>();
  for (const path of files) for (const line of await tailLines(path)) note(seen, path, line);
  for (const line of await libvirtJournal()) note(seen, 'journal', line);
  const mask = new Mask(await knownSecrets(layout.properties));
  const found = MESSAGES.flatMap(({ key, title, remedy }): Finding[] => {
    const one = seen.get(key);
    if (one === undefined) return [];
    const more = one.count > 1 ? ` (${one.count} x)` : '';
    const text = `${one.path}${more}: ${mask.apply(one.line)}`;
    return [{ key, title, state: 'bad', evidence: say(text, text), remedy }];
  });
  if (found.length > 0) return found;
  const evidence = say(`none in ${files.length} logs`, `${files.length} 个日志中没有`);
  return [
    { key: 'messages', title: say('known messages in logs', '日志中的已知信息'), state: 'good', evidence },
  ];
}

/** The newest line of each kind is the one that is shown. */
function note(seen: Map<string, { path: string; line: string; count: number }>, path: string, line: string) {
  for (const { key, pattern } of MESSAGES) {
    if (!pattern.test(line)) continue;
    const count = (seen.get(key)?.count ?? 0) + 1;
    seen.set(key, { path, line: line.trim().slice(0, LONGEST), count });
  }
}

/** Where libvirt writes to the journal. */
async function libvirtJournal(): Promise<string[]> {
  if (!isSystemdRunning()) return [];
  const units = ['--unit=libvirtd', '--unit=virtqemud'];
  const argv = ['journalctl', '--no-pager', '--quiet', '--since=-3d', '--lines=5000', ...units];
  const { stdout } = await run(argv, { timeout: LIMIT, maxBytes: 8 * TAIL });
  return stdout.split('\n');
}

async function logsIn(folders: readonly string[]): Promise<string[]> {
  const found: { path: string; time: number }[] = [];
  const visitor: Visitor = {
    async file({ path, stats }) {
      if (path.endsWith('.log') && Date.now() - stats.mtimeMs < AGE)
        found.push({ path, time: stats.mtimeMs });
    },
    passed: () => {},
  };
  for (const path of folders) await walk({ path }, DEEPEST, visitor);
  return found
    .sort((one, other) => other.time - one.time)
    .slice(0, MOST_FILES)
    .map(({ path }) => path);
}

async function tailLines(path: string): Promise<string[]> {
  const file = await openPlain(path).catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(size, TAIL)),
      0,
      undefined,
      Math.max(0, size - TAIL),
    );
    return buffer.toString('latin1', 0, bytesRead).split('\n');
  } finally {
    await file.close();
  }
}
