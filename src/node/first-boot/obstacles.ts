import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Role } from '../../api/role.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import type { LinkRecord } from '../../system/iproute.ts';
import { freeBytes } from '../backup/files.ts';
import type { Obstacle } from './schema.ts';

export interface ObstacleParts {
  role: Role;
  /** Free bytes that are needed at least, by folder. */
  room: Readonly<Record<string, number>>;
  address(): Promise<string | undefined>;
  links(): Promise<LinkRecord[]>;
}

const MEGABYTE = 1_000_000;

/** Server and broker lay out some hundred megabytes before the first row is in them. */
export const roomFor = (role: Role): Record<string, number> => ({
  '/var/lib': (role === 'management' ? 1000 : 100) * MEGABYTE,
  '/etc': 10 * MEGABYTE,
  ...(role === 'management' && { '/usr/local': 50 * MEGABYTE }),
});

/** Everything that stands in the way, found before anything is begun. */
export async function obstaclesOf(parts: ObstacleParts): Promise<Obstacle[]> {
  const { role } = parts;
  const found = await Promise.all([
    withoutRoom(parts.room),
    role === 'management' ? withoutNetwork(parts) : [],
    role === 'storage' ? withoutOcfs2() : [],
  ]);
  return found.flat();
}

async function withoutRoom(room: ObstacleParts['room']): Promise<Obstacle[]> {
  const checked = await Promise.all(
    Object.entries(room).map(async ([folder, needed]) => ({
      folder,
      needed,
      free: await freeBytes(thereFrom(folder)),
    })),
  );
  return checked
    .filter(({ needed, free }) => free < needed)
    .map(({ folder, needed, free }) => tooLittle(folder, needed, free));
}

/** The folder, or what is there of the way to it. */
const thereFrom = (folder: string): string => (existsSync(folder) ? folder : thereFrom(dirname(folder)));

const tooLittle = (folder: string, needed: number, free: number): Obstacle => {
  const [wanted, left] = [needed, free].map((bytes) => `${Math.floor(bytes / MEGABYTE)} MB`);
  return {
    kind: 'machine',
    words: say(
      `no room: ${folder} has ${left} free, ${wanted} are needed`,
      `空间不足：${folder} 剩余 ${left}，需要 ${wanted}`,
    ),
    next: say(`free space in ${folder}`, `请清理 ${folder}`),
  };
};

const CONFIGURE = say('F2, Configure Networks', 'F2，配置网络');

/** Others must reach a management node from its first moment on, and by all the cables that it is given. */
async function withoutNetwork({ address, links }: ObstacleParts): Promise<Obstacle[]> {
  const off = portsOff(await links()).map(
    ({ ifname, master }): Obstacle => ({
      kind: 'network',
      words: say(`port ${ifname} of bond ${master} is off`, `聚合 ${master} 的成员 ${ifname} 未连接`),
      next: CONFIGURE,
    }),
  );
  if ((await address()) !== undefined) return off;
  const words = say('no NIC has a usable address', '没有网卡拥有可用地址');
  return [{ kind: 'network', words, next: CONFIGURE }, ...off];
}

/** Ports of bonds that are switched off or have no carrier. */
function portsOff(links: readonly LinkRecord[]): LinkRecord[] {
  const bonds = new Set(
    links.filter(({ linkinfo }) => linkinfo?.info_kind === 'bond').map(({ ifname }) => ifname),
  );
  return links.filter(
    ({ master, flags }) => master !== undefined && bonds.has(master) && !flags.includes('LOWER_UP'),
  );
}

const ASK_MILLISECONDS = 10_000;

async function withoutOcfs2(): Promise<Obstacle[]> {
  const { code } = await run(['modinfo', 'ocfs2'], { timeout: ASK_MILLISECONDS });
  if (code === 0) return [];
  return [
    {
      kind: 'machine',
      words: say('this kernel has no OCFS2', '当前内核不支持 OCFS2'),
      next: say('start the node with Oracle’s kernel (kernel-uek)', '请用 Oracle 内核（kernel-uek）启动'),
    },
  ];
}
