import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { allBreaches, breaches } from '../../scripts/import-rules.mts';

test.each([
  ['screens/menu/menu.ts', "import { run } from '../../src/system/exec.ts';"],
  ['screens/menu/menu.ts', "import type { X } from '../../src/node/network/probe.ts';"],
  ['screens/menu/menu.ts', "const x = await import('../../src/controller/lane.ts');"],
  ['src/node/network/plan.ts', "import { run } from '../../system/exec.ts';"],
  ['src/node/network/change/schema.ts', "import { read } from './read.ts';"],
  ['src/api/wire.ts', "export { x } from '../tui/text.ts';"],
  ['src/system/dbus.ts', "import { x } from '../node/facts/index.ts';"],
  ['src/cli/main.ts', "import { x } from '../node/network/apply.ts';"],
  ['src/tui/stage.ts', "import '../../screens/main.ts';"],
  ['src/controller/main.ts', "import koffi from 'koffi';"],
  ['screens/main/main.ts', "import blessed from 'blessed';"],
  ['src/node/vm/probe.ts', "import {\n  spawn,\n} from 'node:child_process';"],
])('%s may not say %s', (file, source) => {
  expect(breaches(file, source)).toHaveLength(1);
});

test.each([
  ['screens/menu/menu.ts', "import { ping } from '../../src/node/network/schema.ts';"],
  ['src/node/network/actions.ts', "import { run } from '../../system/exec.ts';"],
  ['src/system/posix.ts', "import koffi from 'koffi';"],
  ['src/controller/main.ts', "import { open } from '../guard/ticket.ts';"],
  ['src/tui/stage.ts', "import blessed from 'blessed';"],
])('%s may say %s', (file, source) => {
  expect(breaches(file, source)).toEqual([]);
});

test('the project keeps its own rules', async () => {
  expect(await allBreaches(resolve(import.meta.dirname, '../..'))).toEqual([]);
});
