import { Jobs } from '../../../src/management/jobs/jobs.ts';
import { openStore } from '../../../src/management/store/store.ts';
import { Outside } from './flow-world.ts';

/** `flow-child.ts FOLDER FLOW JOB POINT [PORT PASSWORD]`: begins a job and kills itself at that point of it. */
const [, , folder = '', name = '', uuid = '', point = '', port, user] = process.argv;

let points = 0;
const outside = new Outside(folder, () => {
  points += 1;
  if (points === Number(point)) process.kill(process.pid, 'SIGKILL');
});
const flow = outside.flow(name === 'fails' ? 'fails' : 'whole');
const login = port === undefined ? undefined : { host: '127.0.0.1', port: Number(port), user: user ?? '' };
const store = await openStore(folder, login);
const jobs = new Jobs({ database: store.tables, owner: 'child', flows: [flow], log: console.error });
await jobs.start({ uuid, api: 'org.x.APITestMsg' }, flow, async () => ({ keys: {} }));
while ('running' in ((await jobs.outcome(uuid))?.outcome ?? {}))
  await new Promise((next) => setTimeout(next, 20));
await store.close();
