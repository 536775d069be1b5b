import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Run } from '../../../src/api/action.ts';
import { Fault } from '../../../src/api/fault.ts';
import type { Step } from '../../../src/api/plan.ts';
import type { Words } from '../../../src/api/words.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { ManagementService } from '../../../src/management/service.ts';
import { firstBootFeature } from '../../../src/node/first-boot/actions.ts';
import { statusOf } from '../../../src/node/services/status.ts';
import { layoutOf } from '../../../src/node/zstack/layout.ts';
import { readPropertiesOrNone } from '../../../src/system/properties.ts';
import { Broker } from '../../../src/system/rabbitmq.ts';

/**
 * A first boot of a management node on real servers, in a process that can be killed at any moment. Tells each step and
 * what it comes by, a line each; at last `ready` or what went wrong.
 *   child.ts WORLD        as JSON
 */
const World = z.object({
  folder: z.string(),
  socket: z.string(),
  databasePort: z.number(),
  brokerPort: z.number(),
  brokerCommand: z.array(z.string()),
  brokerEnv: z.record(z.string(), z.string()),
  apiPort: z.number(),
  room: z.number().default(0),
});
export type World = z.input<typeof World>;

const world = World.parse(JSON.parse(process.argv[2] ?? ''));
const { folder } = world;
const layout = layoutOf(folder);
const broker = new Broker({ command: world.brokerCommand, env: world.brokerEnv });
const tell = (text: string) => process.stdout.write(`${text}\n`);

let service: ManagementService | undefined;
async function startService(): Promise<void> {
  const properties = await readPropertiesOrNone(layout.properties);
  const images = { servers: layout.images, imports: layout.imports };
  const where = { state: layout.state, images, version: '1', host: '127.0.0.1', port: world.apiPort };
  service ??= await ManagementService.start({ ...where, properties, log: tell });
}

const feature = firstBootFeature({
  role: 'management',
  changed: () => {},
  config: join(folder, 'config'),
  properties: layout.properties,
  store: layout.store,
  socket: world.socket,
  port: world.databasePort,
  room: { [folder]: world.room },
  links: async () => [],
  address: async () => '192.0.2.7',
  units: {
    load: async () => 'loaded',
    // The servers run already; the service is started as its unit would.
    enable: async (units) => (units.includes('zs-management.service') ? startService() : undefined),
  },
  service: {
    standing: async () => 'running',
    restart: async () => {
      await service?.stop();
      service = undefined;
      await startService();
    },
    start: startService,
    stop: async () => service?.stop(),
  },
  status: () =>
    statusOf({
      layout,
      version: '1',
      address: async () => '192.0.2.7',
      apiPort: world.apiPort,
      unit: async () => (service === undefined ? undefined : { active: 'active', pid: process.pid }),
    }),
  firewall: [resolve(import.meta.dirname, '../../../scripts/install/bin/firewall'), 'open'],
  broker: {
    broker,
    properties: layout.properties,
    port: world.brokerPort,
    settings: join(folder, 'rabbitmq'),
    data: join(folder, 'mnesia'),
  },
});

const journal = new Journal({
  folder: join(folder, 'data/journal'),
  executors: feature.executors,
  changed: () => {},
  log: tell,
});
for (const { outcome } of await journal.recover()) tell(`settled ${outcome}`);

const caller = { uid: 0, pid: process.pid, line: '-', program: 'script' };
const { signal } = new AbortController();
const run: Run<Words, Step, unknown> = {
  caller,
  signal,
  emit: ({ en }) => tell(en),
  progress: () => {},
  show: (plan) => ({ ...plan, digest: '' }),
  agreed: () => {},
  carryOut: (plan, given) =>
    journal.carryOut(
      { caller, action: 'firstBoot.run', plan },
      { signal, given, progress: ({ en }) => tell(`step ${en}`) },
    ),
  holding: (_scope, work) => work(),
};
const begun = feature.actions.find(({ action }) => action.name === 'firstBoot.run');
try {
  const output = await begun?.run({}, run as Run<unknown, Step, unknown>);
  tell(`ready ${(output as { ready: Words } | undefined)?.ready.en}`);
} catch (thrown) {
  const { words, next } = Fault.from(thrown);
  tell(`failed ${words.en}; ${next?.en}`);
}
await service?.stop();
process.exit(0);
