import { resolve } from 'node:path';
import { calledWith } from '../api/called.ts';
import { exitCode, Fault } from '../api/fault.ts';
import { type Places, placesOf } from '../api/places.ts';
import { ensureFolder } from '../system/files.ts';
import { listenOn, listenOnGiven } from '../system/listen.ts';
import { lockFolder } from '../system/lock.ts';
import { logToFile, logToStderr } from '../system/log.ts';
import { readRole } from '../system/role.ts';
import { serveGuard } from './serve.ts';

const USAGE = `zs-guard [--data DIR]
        checks root's password; restarts the controller and the node when the controller does not answer

--data DIR      folder of a development run; without it, on the socket that systemd hands over
--help          this text
--version       the version`;

const IDLE_MILLISECONDS = 30_000;

async function main(): Promise<void> {
  const { data: folder } = calledWith('zs-guard', USAGE, { data: { type: 'string' } });
  const data = folder === undefined ? undefined : resolve(folder);
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

main().then(
  () => process.exit(0),
  (thrown) => {
    const fault = Fault.from(thrown);
    process.stderr.write(`zs-guard: ${fault.words.en}\n`);
    process.exit(exitCode(fault.kind));
  },
);
