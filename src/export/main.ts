import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { calledWith } from '../api/called.ts';
import { PORTS } from '../api/ports.ts';
import { logToStderr } from '../system/log.ts';
import { ServiceManager } from '../system/notify.ts';
import { exportServer } from './serve.ts';
import { findShare } from './share.ts';

const LOOK_MILLISECONDS = 30_000;

const ROOT = '/var/lib/zstack/export';
const USAGE = `zs-export [--root DIR] [--port PORT]
        hands out collected logs and dumps under addresses that end, and ends when there is none left

--root DIR      folder of what is handed out (${ROOT})
--port PORT     port (${PORTS.export})
--help          this text
--version       the version`;

const values = calledWith('zs-export', USAGE, { root: { type: 'string' }, port: { type: 'number' } });
const root = resolve(values.root ?? ROOT);
const server = exportServer({ root });
const manager = new ServiceManager(process.env, logToStderr);

server.once('error', (error) => {
  logToStderr(`zs-export: ${error.message}`);
  process.exit(1);
});
server.listen(values.port ?? PORTS.export, () => {
  manager.ready(() => true);
  const looks = setInterval(() => void leaveWhenOver(), LOOK_MILLISECONDS);
  looks.unref();
});
process.once('SIGTERM', leave);
process.once('SIGINT', leave);

/** Nothing is handed out any more: no port stays open for nothing. */
async function leaveWhenOver(): Promise<void> {
  const names = (await readdir(root)).filter((name) => name.endsWith('.json'));
  const shares = await Promise.all(names.map((name) => findShare(root, name.slice(0, -5), Date.now())));
  if (shares.some((share) => share !== undefined)) return;
  leave();
}

function leave(): void {
  manager.stopping();
  server.close(() => process.exit(0));
  server.closeAllConnections();
}
