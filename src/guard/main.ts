import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCode, Fault } from '../api/fault.ts';
import { type Places, placesOf } from '../api/places.ts';
import { say } from '../api/words.ts';
import { ensureFolder } from '../system/files.ts';
import { listenOn, listenOnGiven } from '../system/listen.ts';
import { lockFolder } from '../system/lock.ts';
import { logToFile, logToStderr } from '../system/log.ts';
import { readRole } from '../system/role.ts';
import { serveGuard } from './serve.ts';

/** Without a folder: on the socket that systemd hands over; with one, for development: on a socket of its own. */
const USAGE = 'zs-guard [--data DIR]';

const IDLE_MILLISECONDS = 30_000;

async function main(argv: string[]): Promise<void> {
  const data = folderOf(argv);
  const places = placesOf(data);
  await ensureFolder(places.run, 0o755);
  const options = {
    places,
    role: (await readRole(places.config)).role,
    version: process.env.ZS_VERSION ?? '0',
    log: data === undefined ? logToStderr : logToFile(resolve(data, 'log'), 'guard'),
  };
  // Nothing may be waited for in between: a connection that is there already would find nobody to take it.
  const given = await listenOnGiven(process.env);
  if (given !== undefined) return serveGuard(given, { ...options, idle: IDLE_MILLISECONDS });
  await byHand(places, (server) => serveGuard(server, { ...options, idle: undefined }));
}

async function byHand(places: Places, work: (server: Awaited<ReturnType<typeof listenOn>>) => Promise<void>) {
  const folder = `${places.run}/guard`;
  await ensureFolder(folder);
  const lock = lockFolder(folder);
  try {
    await work(await listenOn(places.guardSocket));
  } finally {
    lock.release();
  }
}

function folderOf(argv: string[]): string | undefined {
  try {
    const { data } = parseArgs({ args: argv, options: { data: { type: 'string' } } }).values;
    return data === undefined ? undefined : resolve(data);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Fault('usage', say(`${text} (${USAGE})`, `${text}（${USAGE}）`));
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (thrown) => {
    const fault = Fault.from(thrown);
    process.stderr.write(`zs-guard: ${fault.words.en}\n`);
    process.exit(exitCode(fault.kind));
  },
);
