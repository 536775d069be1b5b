import { resolve } from 'node:path';
import { calledWith } from '../../api/called.ts';
import { exitCode, Fault } from '../../api/fault.ts';
import { issueWords } from '../../api/issue-words.ts';
import { placesOf } from '../../api/places.ts';
import { printable, printableJson } from '../../api/printable.ts';
import { same, say } from '../../api/words.ts';
import { layoutOf } from '../zstack/layout.ts';
import { copyFolders } from './copy/setting.ts';
import { engineOf } from './engines.ts';
import { leftWords, recordIn } from './record.ts';
import { backUp } from './run.ts';
import { type BackupDone, backupDatabase } from './schema.ts';
import { readTimetable } from './timetable.ts';

// The backup of the timetable: a process of its own, so that neither the controller nor its restart matters to it.

const OPTIONS = {
  data: { type: 'string' },
  name: { type: 'string' },
  keep: { type: 'number' },
  'if-any': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

const USAGE = `zs-backup [--name NAME] [--keep N] [--if-any] [--json]
        dumps the management database and proves the dump; prints its path

--name NAME     begins the file's name
--keep N        so many of the newest dumps stay; without it, as the timetable says
--if-any        nothing to dump yet is no failure
--json          print JSON
--data DIR      folder of a development run
--help          this text
--version       the version`;

/** Undefined when there is nothing to dump yet, which is no failure with `--if-any`. */
async function main(): Promise<BackupDone | undefined> {
  const { data, name, keep, 'if-any': ifAny = false } = calledWith('zs-backup', USAGE, OPTIONS);
  const input = checked({ name, keep });
  const dataDir = data && resolve(data);
  const { properties, backups: folder, databaseSocket: socket, store, units } = layoutOf(dataDir);
  const engine = await engineOf({ properties, socket, store });
  // What stands in the way is told, and kept for whoever looks, where it is dumped.
  const databases = await engine.databases().catch(() => undefined);
  if (ifAny && databases?.length === 0) return undefined;
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort(stopped()));
  const kept = input.keep ?? (await readTimetable(units)).keep;
  const places = placesOf(dataDir);
  const copy = copyFolders(places.config, places.data);
  const record = recordIn(places.data);
  return backUp({
    ...input,
    keep: kept,
    folder,
    copy,
    record,
    engine,
    signal: stop.signal,
    progress: () => {},
  });
}

function checked(given: { name: string | undefined; keep: number | undefined }) {
  const parsed = backupDatabase.input.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const words =
    issue?.path[0] === 'keep' ? '--keep is a whole number from 1 to 1000' : `--name ${issueWords(issue).en}`;
  throw new Fault('usage', same(words));
}

const stopped = (): Fault => new Fault('failed', say('asked to stop', '已被要求停止'));

const json = process.argv.includes('--json');
main().then(
  (done) => {
    if (done === undefined) {
      console.log(json ? '{}' : 'nothing to dump yet: the service has never run');
      return;
    }
    console.log(json ? printableJson(done) : printable(done.path));
    if (!json && 'why' in done.verified) console.error(`zs-backup: ${done.verified.why.en}`);
    if (!json && done.left !== undefined) console.error(`zs-backup: ${leftWords(done.left).en}`);
    const { to = '', why } = done.copy ?? {};
    if (why !== undefined) console.error(`zs-backup: not copied to ${printable(to)}: ${why.en}`);
  },
  (thrown) => {
    const fault = Fault.from(thrown);
    console.error(json ? printableJson(fault.toRecord()) : `zs-backup: ${fault.words.en}`);
    process.exitCode = exitCode(fault.kind);
  },
);
