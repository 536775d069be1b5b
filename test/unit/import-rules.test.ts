import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { circles } from '../../scripts/import-circles.mts';
import { unneeded } from '../../scripts/import-rooms.mts';
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
  ['src/node/facts/board.ts', "import { linksSupplier } from '../network/links.ts';"],
  ['src/node/power/plan.ts', "import { x } from '../network/schema.ts';"],
  ['src/node/backup/copy/schema.ts', "import { servers } from '../../system-settings/schema.ts';"],
  ['src/node/backup/run.ts', "import { canonical } from '../network/here.ts';"],
  ['screens/backup/backup.ts', "import type { ping } from '../../src/node/network/schema.ts';"],
  ['src/management/main.ts', "import { run } from '../node/backup/run.ts';"],
  ['src/cli/zstack-cli/call.ts', "import { Calls } from '../../management/calls/calls.ts';"],
  ['src/management/define/api.ts', "import { Rows } from '../store/load.ts';"],
  ['src/management/resource/zone/resource.ts', "import { serves } from '../../calls/doing.ts';"],
  ['src/management/resource/definitions.ts', "import { accountCalls } from './account/run.ts';"],
  ['src/management/store/query.ts', "import { zone } from '../resource/zone/resource.ts';"],
  ['src/management/secrets/kept.ts', "import { vmInstance } from '../resource/vm/resource.ts';"],
  ['src/management/jobs/jobs.ts', "import { Calls } from '../calls/calls.ts';"],
  ['src/management/calls/calls.ts', "import { zone } from '../resource/zone/resource.ts';"],
  ['src/management/calls/ask.ts', "import { plain } from '../wire/envelope.ts';"],
  ['src/management/resource/account/run.ts', "import { plain } from '../../wire/envelope.ts';"],
  ['src/management/wire/rest.ts', "import { Rows } from '../store/load.ts';"],
])('%s may not say %s', (file, source) => {
  expect(breaches(file, source)).toHaveLength(1);
});

test.each([
  ['screens/test-network/rows.ts', "import { ping } from '../../src/node/network/schema.ts';"],
  ['src/node/network/actions.ts', "import { run } from '../../system/exec.ts';"],
  ['src/system/posix.ts', "import koffi from 'koffi';"],
  ['src/controller/main.ts', "import { open } from '../guard/ticket.ts';"],
  ['src/tui/stage.ts', "import blessed from 'blessed';"],
  ['src/node/network/change/plan/edit.ts', "import { x } from '../schema/address.ts';"],
  ['src/node/backup/copy/schema.ts', "import { x } from '../../network/change/schema/address.ts';"],
  ['src/node/power/plan.ts', "import type { Vm } from '../facts/schema.ts';"],
  ['src/controller/features/node.ts', "import { networkActions } from '../../node/network/actions.ts';"],
  ['src/cli/zstack-cli/called.ts', "import { APIS } from '../../management/resource/definitions.ts';"],
  ['src/management/resource/zone/resource.ts', "import { DATES } from '../../define/fields.ts';"],
  ['src/management/resource/account/run.ts', "import { serves } from '../../calls/doing.ts';"],
  ['screens/index.ts', "import type { ping } from '../src/node/network/schema.ts';"],
])('%s may say %s', (file, source) => {
  expect(breaches(file, source)).toEqual([]);
});

test('files that need each other are told with the way round, once', () => {
  const found = circles([
    ['src/node/backup/engine.ts', 'src/node/backup/mariadb.ts'],
    ['src/node/backup/main.ts', 'src/node/backup/engine.ts'],
    ['src/node/backup/mariadb.ts', 'src/node/backup/dump.ts'],
    ['src/node/backup/dump.ts', 'src/node/backup/engine.ts'],
  ]);
  expect(found).toEqual([
    'a circle: src/node/backup/engine.ts → src/node/backup/mariadb.ts → src/node/backup/dump.ts → src/node/backup/engine.ts',
  ]);
});

test.each([
  [
    'src/node',
    'src/node/vm/supplier.ts',
    'src/node/facts/board.ts',
    'src/node/facts/index.ts',
    'src/node/vm/probe.ts',
  ],
  [
    'src/node/network',
    'src/node/network/old/read.ts',
    'src/node/network/change/schema/names.ts',
    'src/node/network/change/reset/aside.ts',
    'src/node/network/old/ifcfg.ts',
  ],
  [
    'screens',
    'screens/menu/values.ts',
    'screens/main/model.ts',
    'screens/main/panels/node.ts',
    'screens/menu/entry.ts',
  ],
])('folders beside each other in %s that need each other are told though no files do', (at, a, b, c, d) => {
  expect(
    circles([
      [a, b],
      [c, d],
    ]),
  ).toEqual([expect.stringMatching(new RegExp(`^a circle in ${at}: `))]);
});

test('a folder is one room with the files above it', () => {
  expect(
    circles([
      ['src/node/backup/actions.ts', 'src/node/backup/copy/actions.ts'],
      ['src/node/backup/copy/upload.ts', 'src/node/backup/files.ts'],
    ]),
  ).toEqual([]);
});

test('a row of the table that nothing needs is told', () => {
  expect(unneeded([])).toContain('src/node/logs backup: nothing needs that row (scripts/import-rooms.mts)');
  expect(unneeded([['src/node/logs/actions.ts', 'src/node/backup/files.ts']])).not.toContainEqual(
    expect.stringContaining('src/node/logs backup'),
  );
});

test('the project keeps its own rules', async () => {
  expect(await allBreaches(resolve(import.meta.dirname, '../..'))).toEqual([]);
});
