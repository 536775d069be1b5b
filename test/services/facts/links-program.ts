import { latestOf } from '../../../src/api/reading.ts';
import { Board } from '../../../src/node/facts/board.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import { linksSupplier } from '../../../src/node/network/links.ts';
import { readText } from '../../../src/system/proc.ts';

// Runs inside a network namespace: prints each state of the links with the wall time when it was known.
const IDENTITY = { role: 'compute', hostname: 'h', version: '1', os: 'o', kernel: 'k' } as const;
const board = new Board({ ...NOT_READ, identity: IDENTITY }, () => ({}));
const [managementAddress] = process.argv.slice(2);
const supplier = linksSupplier(
  board,
  readText,
  () => ({ managementAddress }),
  () => {},
);

board.listen(({ nics }) => {
  if (nics === undefined) return;
  const why = nics.state === 'known' ? undefined : nics.why.en;
  console.log(JSON.stringify({ at: Date.now(), state: nics.state, why, nics: latestOf(nics) ?? [] }));
});
await supplier.start?.();
process.stdin.resume().on('end', async () => {
  await supplier.stop?.();
  process.exit();
});
