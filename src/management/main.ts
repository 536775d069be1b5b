import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { calledWith } from '../api/called.ts';
import { Fault } from '../api/fault.ts';
import { PORTS } from '../api/ports.ts';
import { layoutOf } from '../node/zstack/layout.ts';
import { linkPort } from '../node/zstack/settings.ts';
import { logToFile } from '../system/log.ts';
import { ServiceManager } from '../system/notify.ts';
import { readPropertiesOrNone } from '../system/properties.ts';
import { ManagementService } from './service.ts';

const USAGE = `zs-management [--port PORT] [--link-port PORT] [--data DIR]
        the management service: keeps the cluster's state and serves its API

--port PORT     port of the API (${PORTS.api})
--link-port PORT  port that hosts connect to (ClusterLink.port of zstack.properties, else ${PORTS.link})
--data DIR      folder of a development run, which listens on the loopback alone
--help          this text
--version       the version`;

async function main(): Promise<void> {
  const values = calledWith('zs-management', USAGE, {
    data: { type: 'string' },
    port: { type: 'number' },
    'link-port': { type: 'number' },
  });
  const layout = layoutOf(values.data === undefined ? undefined : resolve(values.data));
  const log = logToFile(layout.logs, 'management-server');
  const manager = new ServiceManager(process.env, log);
  // A node without a configuration works with what it has in itself.
  const properties = await readPropertiesOrNone(layout.properties);
  const service = await ManagementService.start({
    properties,
    state: layout.state,
    images: { servers: layout.images, imports: layout.imports },
    version: process.env.ZS_VERSION ?? '0',
    // A development run has the initial password that everybody knows.
    host: values.data === undefined ? '::' : '127.0.0.1',
    port: values.port ?? PORTS.api,
    socket: layout.socket,
    linkPort: values['link-port'] ?? linkPort(properties),
    consolePage: join(dirname(process.argv[1] ?? ''), 'vm-console.js'),
    log,
  });
  writeFileSync(layout.pidFile, `${process.pid}\n`);
  const { store, bus } = await service.health();
  log(`ready: ${store.kind} store, ${bus.kind} messages`);
  manager.ready(() => true);
  await asked();
  manager.stopping();
  await service.stop();
}

const asked = (): Promise<void> =>
  new Promise((done) => {
    process.once('SIGTERM', () => done());
    process.once('SIGINT', () => done());
  });

main().then(
  () => process.exit(0),
  (thrown) => {
    const { words, next } = Fault.from(thrown);
    process.stderr.write(`zs-management: ${words.en}\n${next === undefined ? '' : `${next.en}\n`}`);
    process.exit(1);
  },
);
