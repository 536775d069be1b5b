import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';

export interface Medium {
  /** What it calls itself, `Rocky Linux 9.6`. */
  name: string;
  generation: number;
}

const NEEDED = ['images/pxeboot/vmlinuz', 'images/pxeboot/initrd.img', 'images/install.img'];

/** What serves it does not run as root. */
const FOLDERS = ['', 'images', 'images/pxeboot'];
const OTHERS = { read: 0o004, enter: 0o005 };

/**
 * The installation medium that lies on this node. Throws `unavailable` when it is not there, not whole, or not for
 * everybody to read.
 */
export async function readMedium(folder: string): Promise<Medium> {
  const info = await readFile(join(folder, '.treeinfo'), 'utf8').catch(() => '');
  const name = /^name = (.+)$/m.exec(section(info, 'general'))?.[1];
  const generation = Number(/^version = (\d+)/m.exec(section(info, 'general'))?.[1]);
  if (name === undefined || Number.isNaN(generation)) throw noMedium(folder);
  for (const file of NEEDED)
    await access(join(folder, file)).catch((thrown) => notWhole(folder, file, thrown));
  for (const place of FOLDERS) await mustAllow(folder, place, OTHERS.enter);
  for (const file of NEEDED) await mustAllow(folder, file, OTHERS.read);
  return { name, generation };
}

const section = (text: string, name: string): string =>
  new RegExp(`^\\[${name}\\]\\n([^[]*)`, 'm').exec(text)?.[1] ?? '';

async function mustAllow(folder: string, name: string, wanted: number): Promise<void> {
  const place = join(folder, name);
  const { mode } = await stat(place);
  if ((mode & wanted) === wanted) return;
  const words = say(
    `the installation medium cannot be handed out: ${place} is not for everybody to read`,
    `安装介质无法提供：${place} 不允许所有用户读取`,
  );
  throw new Fault('unavailable', words, {
    next: say(`chmod -R a+rX ${folder}`, `执行 chmod -R a+rX ${folder}`),
  });
}

const next = say('zstack-upgrade -r IMAGE brings one', '用 zstack-upgrade -r IMAGE 取得');

const noMedium = (folder: string): Fault =>
  new Fault('unavailable', say(`there is no installation medium in ${folder}`, `${folder} 中没有安装介质`), {
    next,
  });

function notWhole(folder: string, file: string, cause: unknown): never {
  const words = say(
    `the installation medium in ${folder} is not whole: there is no ${file}`,
    `${folder} 中的安装介质不完整：缺少 ${file}`,
  );
  throw new Fault('unavailable', words, { next, cause });
}
