import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import type { Secret } from '../../../api/secret-text.ts';
import { say, type Words } from '../../../api/words.ts';
import { Sftp, type SshLogin } from '../../../system/sftp.ts';
import { ownSshKey } from '../../../system/ssh-key.ts';
import { type CopyPlace, copyText } from './schema.ts';
import type { CopyFolders, CopySetting } from './setting.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const MOST_KEYS_BYTES = 1024 * 1024;

/** This node's own key, by which it is let in once it is set up. */
export const nodeKey = ({ state }: CopyFolders) => ownSshKey(join(state, 'id_ed25519'));

interface SetUpRun {
  signal: AbortSignal;
  progress(words: Words): void;
}

/**
 * Makes a place ready: lets this node's key in with the password, and then with the key makes the folder and writes a
 * file there, which is removed. Faults: see `setCopy`.
 */
export async function setUpCopy(
  folders: CopyFolders,
  { place, hostKey }: CopySetting,
  password: Secret,
  { signal, progress }: SetUpRun,
): Promise<void> {
  const key = await nodeKey(folders);
  const login = (by: SshLogin['by']) => Sftp.open(place, { user: place.user, hostKey, by }, signal);
  progress(say(`logging in: ${place.address}`, `正在登录：${place.address}`));
  {
    using sftp = await login(password).catch(atField('password', 'refused'));
    await letIn(sftp, key.public);
  }
  progress(say('trying it with this node’s own key', '使用本节点的密钥尝试'));
  using sftp = await login({ key: key.private }).catch(keyRefused(place));
  await makeFolders(sftp, place);
  await probe(sftp, place);
}

/** Puts this node's key into the user's authorized_keys, unless it is there. */
async function letIn(sftp: Sftp, key: string): Promise<void> {
  try {
    const folder = join(await sftp.realPath('.'), '.ssh');
    if ((await sftp.entry(folder)) === undefined) await sftp.makeFolder(folder, FOLDER_MODE);
    await addKey(sftp, join(folder, 'authorized_keys'), key);
  } catch (thrown) {
    const fault = Fault.from(thrown);
    const { en, zh } = fault.words;
    throw new Fault(
      fault.kind,
      say(`authorized_keys there cannot be written: ${en}`, `无法写入对方的 authorized_keys：${zh}`),
      { field: 'user', cause: thrown },
    );
  }
}

async function addKey(sftp: Sftp, named: string, key: string): Promise<void> {
  const there = await sftp.entry(named);
  // What a link leads to is what is replaced.
  const path = there === undefined ? named : await sftp.realPath(named);
  if ((there?.size ?? 0) > MOST_KEYS_BYTES) throw new Fault('conflict', say('it is too large', '文件过大'));
  const text = there === undefined ? '' : await sftp.read(path);
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  if (lines.some((line) => line.includes(key))) return;
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await sftp.write(draft, `${before}${key} zs-node@${hostname()}\n`, there?.mode ?? FILE_MODE);
    if (there === undefined) await sftp.rename(draft, path);
    else await sftp.replace(draft, path);
  } catch (thrown) {
    await sftp.remove(draft).catch(() => undefined);
    throw thrown;
  }
}

async function makeFolders(sftp: Sftp, { folder }: CopyPlace): Promise<void> {
  const names = folder.split('/').filter((name) => name !== '');
  let path = '';
  for (const name of names) {
    path = `${path}/${name}`;
    const found = await sftp.entry(path).catch(atFolder(path));
    if (found?.isFolder === false)
      throw new Fault('conflict', say(`${path} is no folder there`, `对方的 ${path} 不是目录`), {
        field: 'folder',
      });
    if (found === undefined) await sftp.makeFolder(path, FOLDER_MODE).catch(atFolder(path));
  }
}

async function probe(sftp: Sftp, { folder }: CopyPlace): Promise<void> {
  const path = `${folder}/.zs-node-${randomBytes(4).toString('hex')}`;
  try {
    await sftp.write(path, 'ok\n', FILE_MODE);
    await sftp.remove(path);
  } catch (thrown) {
    await sftp.remove(path).catch(() => undefined);
    const why = await troubleThere(sftp, folder, 1);
    throw atFolder(folder)(why === undefined ? thrown : new Fault('failed', why));
  }
}

/** What its file system is short of, when the server tells. @param needed bytes */
export async function troubleThere(sftp: Sftp, folder: string, needed: number): Promise<Words | undefined> {
  const room = await sftp.room(folder).catch(() => undefined);
  if (room?.readOnly === true) return say('the disk there is read-only', '对方磁盘只读');
  if (room === undefined || room.free >= needed) return undefined;
  const [free, wanted] = [room.free, needed].map((bytes) => `${Math.ceil(bytes / 1_000_000)} MB`);
  return say(
    `the disk there is full: ${free} free, ${wanted} needed`,
    `对方磁盘已满：可用 ${free}，需要 ${wanted}`,
  );
}

/** Says which folder it is about. Always throws. */
const atFolder =
  (path: string) =>
  (thrown: unknown): never => {
    const fault = Fault.from(thrown);
    const { en, zh } = fault.words;
    throw new Fault(
      fault.kind,
      say(`${path} cannot be made or written there: ${en}`, `无法在对方创建或写入 ${path}：${zh}`),
      { field: 'folder', cause: thrown },
    );
  };

const atField =
  (field: string, kind: Fault['kind']) =>
  (thrown: unknown): never => {
    const fault = Fault.from(thrown);
    throw fault.kind === kind ? new Fault(kind, fault.words, { field, cause: thrown }) : fault;
  };

const keyRefused =
  (place: CopyPlace) =>
  (thrown: unknown): never => {
    const fault = Fault.from(thrown);
    if (fault.kind !== 'refused') throw fault;
    throw new Fault(
      'refused',
      say(
        `${copyText(place)}: the password is right, but the server does not take this node’s key`,
        `${copyText(place)}：密码正确，但服务器不接受本节点的密钥`,
      ),
      {
        next: say(
          'allow public keys there (PubkeyAuthentication), and let the home folder be written by its user alone',
          '请在对方允许公钥登录（PubkeyAuthentication），且主目录仅该用户可写',
        ),
      },
    );
  };
