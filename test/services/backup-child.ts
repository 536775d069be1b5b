import { MariadbEngine } from '../../src/node/backup/mariadb.ts';
import { backUp } from '../../src/node/backup/run.ts';

// A backup in a process of its own, to be killed.
const [, , folder = '', socket = ''] = process.argv;
await backUp({
  folder,
  engine: new MariadbEngine(socket),
  name: 'zstack-backup-db',
  keep: 3,
  signal: new AbortController().signal,
  progress: ({ en }) => process.stdout.write(`${en}\n`),
});
