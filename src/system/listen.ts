import { chmodSync, chownSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';

/** The group whose members may connect. */
const GROUP = 'zs-console';

/**
 * Listens on a unix socket that root and the console's user may use, or only its owner when there is no such user.
 * A socket that a dead process left is replaced: the caller holds the lock that makes sure it is dead.
 */
export async function listenOn(path: string): Promise<Server> {
  const gid = groupId();
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const server = createServer();
  // Bound with the narrowest mode and under another name: nobody finds it before its group and mode are right.
  const before = process.umask(0o177);
  try {
    await listening(server, { path: draft });
  } finally {
    process.umask(before);
  }
  if (gid !== undefined) {
    chownSync(draft, 0, gid);
    chmodSync(draft, 0o660);
  }
  renameSync(draft, path);
  server.once('close', () => rmSync(path, { force: true }));
  return server;
}

/** Takes over a socket that systemd listens on (sd_listen_fds(3)); undefined when it gave none. */
export async function listenOnGiven(env: NodeJS.ProcessEnv): Promise<Server | undefined> {
  if (env.LISTEN_PID !== String(process.pid) || env.LISTEN_FDS !== '1') return undefined;
  const server = createServer();
  await listening(server, { fd: 3 });
  return server;
}

function listening(server: Server, where: { path: string } | { fd: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function groupId(): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const row = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${GROUP}:`));
  return row === undefined ? undefined : Number(row.split(':')[2]);
}
