import { Fault } from '../../api/fault.ts';
import { issueWords } from '../../api/issue-words.ts';
import type { Reading } from '../../api/reading.ts';
import { same } from '../../api/words.ts';
import {
  type CopyPlace,
  type CopyState,
  type copyHostKey,
  copyParts,
  copyPlace,
  copyText,
  type endCopy,
  type setCopy,
  staysThere,
} from '../../node/backup/copy/schema.ts';
import type { listBackups } from '../../node/backup/schema.ts';
import { agreed } from '../agreed.ts';
import type { NodeLink } from '../node-link.ts';
import { passwordHelp } from '../password.ts';
import { tell } from '../print.ts';
import { type CtlCommand, FD, type Given, password, said, text } from './command.ts';

const VARIABLE = 'ZSTACK_COPY_PASSWORD';
const FORM = 'USER@HOST[:PORT]:/FOLDER';

export const BACKUP_COPY: CtlCommand = {
  name: 'backup_copy',
  summary: 'the other machine that each backup is copied to; with an option: change it',
  options: [
    [`--to <${FORM}>`, 'copy each backup into that folder, by SFTP; IPv6 in brackets'],
    ['--off', 'copy backups no longer; copies that are there stay'],
    ['--host-key <SHA256:...>', 'the host key that the machine must show; a person is asked without it'],
    ['--password <PASSWORD>', passwordHelp('password of that user, used once and not kept', VARIABLE)],
    FD,
  ],
  run: async (node, given) => {
    const to = text(given, 'to');
    if (given.off === true) return off(node, to);
    if (to !== undefined) await setUp(node, given, placeIn(to));
    const { copy } = await node.call<typeof listBackups>('database.listBackups', {});
    const now = settled(copy);
    return said(now, ...lines(now));
  },
};

async function off(node: NodeLink, to: string | undefined) {
  if (to !== undefined) throw new Fault('usage', same('either --to or --off'));
  const answer = await node.call<typeof endCopy>('database.endCopy', {});
  return said(answer, 'backups are copied no longer', staysThere(answer.left).en);
}

/** Throws `usage` that names what is wrong, before anything is connected to. */
function placeIn(to: string): CopyPlace {
  const parts = copyParts(to);
  if (parts === undefined) throw new Fault('usage', same(`--to is ${FORM}`));
  const checked = copyPlace.safeParse(parts);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new Fault('usage', same(`--to: ${issue?.path.join('.')} ${issueWords(issue).en}`));
}

async function setUp(node: NodeLink, given: Given, place: CopyPlace): Promise<void> {
  const hostKey = text(given, 'hostKey') ?? (await confirmedKey(node, place));
  const label = `password of ${place.user} on ${place.address}`;
  const secret = await password(given, 'password', VARIABLE, label);
  await node.call<typeof setCopy>('database.setCopy', { ...place, hostKey, password: secret });
}

/** The key that the machine shows, once a person says that it is the right one. */
async function confirmedKey(node: NodeLink, { address, port }: CopyPlace): Promise<string> {
  const { hostKey } = await node.call<typeof copyHostKey>('database.copyHostKey', { address, port });
  const shown = `${address} shows the host key ${hostKey}`;
  if (!process.stdin.isTTY)
    throw new Fault('usage', same(`${shown}; if that is its key: --host-key ${hostKey}`));
  tell(shown);
  if (await agreed('Is that its key? [y/N] ', { output: process.stderr })) return hostKey;
  throw new Fault('usage', same('the host key was not confirmed; nothing is changed'));
}

function settled(copy: Reading<CopyState | null>): CopyState | null {
  if (copy.state === 'unknown') throw new Fault('conflict', copy.why);
  return copy.value;
}

function lines(copy: CopyState | null): string[] {
  if (copy === null) return [`backups are not copied to another machine; set it: backup_copy --to ${FORM}`];
  const { place, hostKey, last } = copy;
  const row = `each backup is copied to ${copyText(place)}, host key ${hostKey}`;
  if (last === undefined) return [row, 'none was copied yet'];
  const at = new Date(last.at).toLocaleString('sv').slice(0, 16);
  return [row, last.why === undefined ? `last copy: ${at}` : `! last copy failed: ${at}: ${last.why.en}`];
}
