import { readdir, readFile, stat, statfs } from 'node:fs/promises';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { notMounted } from '../../system/fstab.ts';
import { settingIn } from '../../system/node-ini.ts';
import { type Mount, parseMounts } from '../../system/proc.ts';
import { NEARLY_FULL, usedShare } from '../storage/full.ts';
import { bad, type Check, good } from './check.ts';

const THRESHOLD = `${NEARLY_FULL * 100}%`;
const NODES = ['compute', 'storage'] as const;
const DNSMASQ = '/var/lib/zstack/dnsmasq';
const LIMIT = 10_000;

/** Checks of what is mounted, and of what VMs need of this node. */
export const STORAGE_CHECKS: readonly Check[] = [
  {
    key: 'declared-mounts',
    title: say('file systems of /etc/fstab', '/etc/fstab 中的文件系统'),
    async look() {
      const missing = notMounted(await readFile('/etc/fstab', 'utf8').catch(() => ''), await mounts());
      if (missing.length === 0) return good('all are mounted', '均已挂载');
      const list = missing.map(({ at }) => at).join(' ');
      return bad(
        say(`not mounted: ${list}`, `未挂载：${list}`),
        say(
          'mount it; for NFS: is the server reachable, are export, options and rights right?',
          '请挂载；NFS 请检查服务器、导出、选项与权限',
        ),
      );
    },
  },
  {
    key: 'nfs-read-only',
    title: say('NFS can be written', 'NFS 可写'),
    async look() {
      const nfs = (await mounts()).filter(({ type }) => /^nfs4?$/.test(type));
      if (nfs.length === 0) return undefined;
      const list = nfs.filter(({ readOnly }) => readOnly).map(({ mountPoint }) => mountPoint);
      if (list.length === 0) return good(`${nfs.length} mounted`, `已挂载 ${nfs.length} 个`);
      return bad(
        say(`read-only: ${list.join(' ')}`, `只读：${list.join(' ')}`),
        say(
          'look at address, export and options, and at rights on the server',
          '请检查地址、导出、选项及服务器权限',
        ),
      );
    },
  },
  {
    key: 'primary-storage',
    title: say('primary storage', '主存储'),
    roles: NODES,
    async look({ config }) {
      const folder = await settingIn(config, 'primary_storage');
      if (folder === undefined) return undefined;
      const share = usedShare(await statfs(folder));
      const text = `${Math.round(share * 100)}%`;
      if (share < NEARLY_FULL) return good(`${text} used`, `已用 ${text}`);
      return bad(
        say(
          `${folder}: ${text} used, the threshold is ${THRESHOLD}`,
          `${folder}：已用 ${text}，阈值为 ${THRESHOLD}`,
        ),
        say('no new VM or volume: free space or add storage', '无法新建云主机或云盘：请清理或扩容'),
      );
    },
  },
  {
    key: 'dnsmasq',
    title: say('addresses for VMs', '云主机地址分配'),
    roles: NODES,
    async look() {
      const bridges = await readdir(DNSMASQ).catch(() => []);
      if (bridges.length === 0) return undefined;
      const { stdout } = await run(['ps', '-eo', 'args'], { timeout: LIMIT });
      const silent = bridges.filter((bridge) => !stdout.includes(`${DNSMASQ}/${bridge}/`));
      if (silent.length === 0)
        return good(`dnsmasq runs for ${bridges.length}`, `dnsmasq 运行 ${bridges.length} 个`);
      const list = silent.join(' ');
      return bad(
        say(`no dnsmasq for ${list}`, `${list} 没有 dnsmasq 进程`),
        say(`its log: ${DNSMASQ}/${silent[0]}`, `请查看日志：${DNSMASQ}/${silent[0]}`),
      );
    },
  },
  {
    key: 'console-state',
    title: say('console proxy', '控制台代理'),
    roles: ['management'],
    async look() {
      const path = '/var/lib/zstack/pickledb/consoleProxy';
      const left = await stat(path).catch(() => undefined);
      if (left === undefined) return good('no stale state', '没有过期状态');
      return bad(
        say(`${path} is there: consoles may be refused`, `存在 ${path}：控制台可能被拒绝`),
        say('remove that file and restart the service', '请删除该文件并重启服务'),
      );
    },
  },
];

const mounts = async (): Promise<Mount[]> => parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
