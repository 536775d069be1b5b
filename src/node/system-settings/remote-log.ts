import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import type { Keeper } from './apply.ts';
import type { Values } from './plan/steps.ts';
import type { LogServer, RemoteLog } from './schema.ts';
import type { UnitControl } from './units.ts';

export const RSYSLOG = 'rsyslog.service';
const OWN_NAME = '60-zs-node.conf';
const MODE = 0o644;
const LIMIT = 256 * 1024;
const CHECK_MILLISECONDS = 20_000;

export interface RsyslogPlaces {
  main: string;
  folder: string;
}

export const RSYSLOG_PLACES: RsyslogPlaces = { main: '/etc/rsyslog.conf', folder: '/etc/rsyslog.d' };

/**
 * The server that rsyslog sends every message to besides, in a file of our own. The whole configuration is checked by
 * rsyslogd itself before it is started anew, so that the log of this machine never ends over it.
 */
export function remoteLogKeeper(
  units: UnitControl,
  places: RsyslogPlaces = RSYSLOG_PLACES,
): Keeper<Values['remoteLog']> {
  return {
    async read() {
      await mustBeInstalled(units);
      return serverIn(await ownText(places));
    },
    async write(server) {
      await mustBeInstalled(units);
      await mustReadFolder(places);
      const before = await ownText(places);
      await put(places, textOf(server));
      // What others wrote may be what is wrong: then nothing is left of ours to be taken back.
      await mustBeSound(places).catch(async (thrown) => {
        await put(places, before);
        throw thrown;
      });
      await units.restart(RSYSLOG);
    },
  };
}

/** Throws `unavailable` without rsyslog. */
export async function readRemoteLog(
  units: UnitControl,
  places: RsyslogPlaces = RSYSLOG_PLACES,
): Promise<RemoteLog> {
  await mustBeInstalled(units);
  const { active } = await units.show(RSYSLOG);
  return {
    server: serverIn(await ownText(places)),
    others: await otherServers(places),
    active,
  };
}

async function mustBeInstalled(units: UnitControl): Promise<void> {
  if ((await units.installed([RSYSLOG])) !== undefined) return;
  throw new Fault('unavailable', say('rsyslog is not installed', '未安装 rsyslog'));
}

async function mustReadFolder({ main, folder }: RsyslogPlaces): Promise<void> {
  const text = (await readText(main, LIMIT)) ?? '';
  if (linesOf(text).some((line) => line.includes(`${folder}/`))) return;
  throw new Fault(
    'unavailable',
    say(
      `rsyslog does not read ${folder}: ${main} does not name it`,
      `rsyslog 不读取 ${folder}：${main} 中没有`,
    ),
  );
}

const ownText = async ({ folder }: RsyslogPlaces): Promise<string> =>
  (await readText(join(folder, OWN_NAME), LIMIT)) ?? '';

const HEAD = '# Set in the console, System Settings: every message also goes to this server.';
/** Messages wait in memory while the server is away; what is more is dropped rather than this machine's own log held up. */
const QUEUE =
  'action.resumeRetryCount="-1" queue.type="LinkedList" queue.size="10000" queue.timeoutEnqueue="0"';

function textOf(server: LogServer | null): string {
  if (server === null) return '';
  const { host, port, protocol } = server;
  return `${HEAD}\n*.* action(type="omfwd" target="${host}" port="${port}" protocol="${protocol}" ${QUEUE})\n`;
}

/** Without text there is no file. */
async function put({ folder }: RsyslogPlaces, text: string): Promise<void> {
  const path = join(folder, OWN_NAME);
  if (text === '') return rm(path, { force: true });
  await ensureFolder(folder, 0o755);
  await writeWhole(path, text, MODE);
}

function serverIn(text: string): LogServer | null {
  const [, host, port, protocol] =
    /^\*\.\* action\(type="omfwd" target="([^"]+)" port="(\d+)" protocol="(tcp|udp)"/m.exec(text) ?? [];
  if (host === undefined || protocol === undefined) return null;
  return { host, port: Number(port), protocol: protocol === 'udp' ? 'udp' : 'tcp' };
}

/** Throws `failed` with rsyslogd's own words. */
async function mustBeSound({ main }: RsyslogPlaces): Promise<void> {
  const { code, stderr } = await run(['rsyslogd', '-N1', '-f', main], { timeout: CHECK_MILLISECONDS });
  if (code === 0) return;
  const lines = linesOf(stderr).map((line) => line.replace(/^rsyslogd: | \[v\d.*$/g, ''));
  const error = lines.find((line) => line !== '' && !/config validation run/.test(line)) ?? `code ${code}`;
  throw new Fault(
    'failed',
    say(`rsyslogd refuses its configuration: ${error}`, `rsyslogd 拒绝其配置：${error}`),
  );
}

/** Servers that others have rsyslog send to: `*.* @host`, `@@host` over TCP, or an action of `omfwd`. */
async function otherServers({ main, folder }: RsyslogPlaces): Promise<RemoteLog['others']> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.conf$/.test(name)).sort();
  const files = [main, ...names.filter((name) => name !== OWN_NAME).map((name) => join(folder, name))];
  const found = await Promise.all(
    files.map(async (file) =>
      sentTo((await readText(file, LIMIT).catch(() => undefined)) ?? '').map((server) => ({ server, file })),
    ),
  );
  return found.flat();
}

const sentTo = (text: string): string[] => {
  const plain = linesOf(text)
    .filter((line) => !/^\s*#/.test(line))
    .join('\n');
  const short = [...plain.matchAll(/^\s*\S+\s+@@?(?:\([^)]*\))?(\S+)/gm)];
  const long = [...plain.matchAll(/type="omfwd"[^)]*?target="([^"]+)"/gi)];
  return [...short, ...long].flatMap(([, server]) => server ?? []);
};

const linesOf = (text: string): string[] => text.split('\n');
