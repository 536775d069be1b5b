import { realpath, stat } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { isAbsolute, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';

/** Where images may be kept, and where they may be taken from on this machine. */
export interface ImageFolders {
  readonly servers: string;
  readonly imports: string;
}

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

export const isThisMachine = (name: string): boolean => {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return ['localhost', hostname().toLowerCase(), ...own.map(({ address }) => address)].includes(
    name.toLowerCase(),
  );
};

/** What stands against a folder for images; undefined when nothing does. */
export function folderProblem(folder: string, { servers }: ImageFolders): Words | undefined {
  if (isAbsolute(folder) && normalize(folder) === folder && isIn(folder, servers)) return undefined;
  return say(
    `is not ${servers} or a folder below it: mount a disk for images there`,
    `不是 ${servers} 或其下的目录：请将存放镜像的磁盘挂载到该处`,
  );
}

/** What stands against where an image is to come from; undefined when nothing does. */
export function urlProblem(text: string, folders: ImageFolders): Words | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol))
    return say('is no http://, https:// or file:// address', '不是 http://、https:// 或 file:// 地址');
  if (url.username !== '' || url.password !== '')
    return say(
      'must not hold a user or a password: it is kept and shown',
      '不能含有用户名或密码：地址会被保存和显示',
    );
  return url.protocol === 'file:' ? fileProblem(url, folders) : undefined;
}

function fileProblem(url: URL, { imports }: ImageFolders): Words | undefined {
  const path = pathOf(url);
  return path !== undefined && normalize(path) === path && isIn(path, imports) && path !== imports
    ? undefined
    : say(`is no file below ${imports}`, `不是 ${imports} 之下的文件`);
}

function pathOf(url: URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** The file that a `file://` address names, with no link that leads out of the folder. Throws a Fault with field `url`. */
export async function importedFile(text: string, folders: ImageFolders): Promise<string> {
  const no = (words: Words) =>
    new Fault('usage', say(`field url: ${words.en}`, `字段 url：${words.zh}`), { field: 'url' });
  const words = urlProblem(text, folders);
  if (words !== undefined) throw no(words);
  const path = await realpath(fileURLToPath(text)).catch(() => undefined);
  if (path === undefined)
    throw no(say('there is no such file, or it may not be read', '没有该文件，或不可读取'));
  if (!isIn(path, await realpath(folders.imports)))
    throw no(say('a link leads out of the folder', '链接指向目录之外'));
  if (!(await stat(path)).isFile()) throw no(say('is no file', '不是文件'));
  return path;
}
