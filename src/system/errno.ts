import { Fault } from '../api/fault.ts';
import { same, say, type Words } from '../api/words.ts';

const TEXTS: Record<string, Words> = {
  ENOENT: say('does not exist', '不存在'),
  ENOTDIR: say('is not a folder', '不是目录'),
  EACCES: say('may not be read by this user', '当前用户无权读取'),
  EPERM: say('needs root', '需要 root 权限'),
  ELOOP: say('leads over a link of another user', '经过其他用户的链接'),
  EIO: say('gives an I/O error', '读写出错'),
  ENXIO: say('has no device behind it', '没有对应的设备'),
  ENODEV: say('has no device behind it', '没有对应的设备'),
  ECONNREFUSED: say('refuses the connection', '拒绝连接'),
  EHOSTUNREACH: say('cannot be reached', '无法到达'),
  ENETUNREACH: say('cannot be reached: no route leads there', '无法到达：没有路由'),
  ESTALE: say('is a stale network mount', '网络挂载已失效'),
};

/** Why something could not be read, as words for a person: the file's name and the reason when the system gave one. */
export function whyOf(thrown: unknown): Words {
  if (thrown instanceof Fault) return thrown.words;
  if (!(thrown instanceof Error)) return same(String(thrown));
  const { code, path, address } = thrown as NodeJS.ErrnoException & { address?: string };
  const text = code === undefined ? undefined : TEXTS[code];
  const name = path ?? address;
  if (text === undefined || name === undefined) return same(thrown.message);
  return say(`${name} ${text.en}`, `${name} ${text.zh}`);
}

/** The system's code of an error, such as `ENOENT`. */
export const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
