import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { withoutCommands } from '../../src/node/backup/load.ts';

const passed = (text: string, size: number): Promise<string> => {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  return Readable.from(chunks)
    .compose(withoutCommands())
    .toArray()
    .then((parts: Buffer[]) => Buffer.concat(parts).toString());
};

// Wherever the chunks end.
const SIZES = [1, 2, 3, 7, 1000];

test.each([
  '\\! touch /x',
  'SELECT 1; \\! touch /x\n',
  'SELECT 1;\n  SYSTEM touch /x\n',
  'system touch /x',
  '\nsource /etc/x\n',
  "INSERT INTO a VALUES ('x\\\\');\\! id\n",
  "SELECT '\\\\' \\\\\\! id\n",
  '\\T /etc/cron.d/x\n',
  '-- Current Database: `a\n\\! id`\n',
  'tee\t/x\n',
])('%j would run something: it is refused', async (text) => {
  for (const size of SIZES) {
    await expect(passed(text, size), String(size)).rejects.toMatchObject({ kind: 'conflict' });
  }
});

test.each([
  "INSERT INTO a VALUES ('it\\'s \\\"x\\\" \\\\! \\n system id \\r\\0\\Z', '100%!', '\\\\.');\n",
  'CREATE TABLE `system` (\n  `source` INT,\n  systematic INT\n);\nUSE zstack;\nDELIMITER ;;\nDELIMITER ;\n',
  '-- a system of many\n',
])('%j is passed on', async (text) => {
  for (const size of SIZES) expect(await passed(text, size)).toBe(text);
});
