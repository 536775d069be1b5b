import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../../src/api/client.ts';
import { powerOffVm, removeVm, setConsolePassword, startVm } from '../../../src/node/vm/schema.ts';
import { run } from '../../../src/system/exec.ts';
import { attributeIn } from '../../../src/system/xml.ts';
import { definition, GuestWorld, prepare, VM } from './guest-world.ts';
import { comesWith } from './vnc.ts';

// One guest, whose screen asks for one word after the other.

let world: GuestWorld;
let connection: Connection;
beforeAll(async () => {
  world = await GuestWorld.start();
  connection = await world.network.connect();
  await prepare(connection, world);
}, 240_000);
afterAll(async () => {
  connection?.close();
  await world?.end();
});

const MINUTES = 180_000;
const WORDS = ['pw-First', 'pw-Secnd', 'pw-Third'] as const;
const [FIRST, SECOND, THIRD] = WORDS;

const comes = async (word: string) => {
  const path = attributeIn(await world.libvirt.virsh('dumpxml', VM), 'graphics', 'socket') ?? '';
  return comesWith(path.replace('/var/lib/libvirt', `${world.libvirt.folder}/var_lib_libvirt`), word);
};
const start = (more: object = {}) => connection.call(startVm, { vm: VM, ...more });
const restart = async () => {
  await connection.call(powerOffVm, { vm: VM });
  await start();
};

test(
  'it asks for the password of its definition, and for another one at once',
  async () => {
    await start({ definition: definition({ consolePassword: FIRST }) });
    expect([await comes(FIRST), await comes(SECOND)]).toEqual(['right', 'wrong']);
    await connection.call(setConsolePassword, { vm: VM, consolePassword: SECOND });
    expect([await comes(SECOND), await comes(FIRST)]).toEqual(['right', 'wrong']);
    await restart();
    expect([await comes(SECOND), await comes(FIRST)]).toEqual(['right', 'wrong']);
  },
  MINUTES,
);

test(
  'none, or a first one, from its next start on',
  async () => {
    await connection.call(setConsolePassword, { vm: VM });
    expect(await comes(SECOND)).toBe('right');
    await restart();
    expect(await comes('')).toBe('not asked');
    await connection.call(setConsolePassword, { vm: VM, consolePassword: THIRD });
    expect(await comes('')).toBe('not asked');
    await restart();
    expect([await comes(THIRD), await comes(SECOND)]).toEqual(['right', 'wrong']);
  },
  MINUTES,
);

test('a word that VNC would cut, or programs send otherwise, is refused by the name of its field', async () => {
  for (const consolePassword of ['nine char', 'pw-é', 'pw\t'])
    await expect(connection.call(setConsolePassword, { vm: VM, consolePassword })).rejects.toMatchObject({
      kind: 'usage',
      field: 'consolePassword',
      words: { en: expect.not.stringContaining(consolePassword) },
    });
  expect(await comes(THIRD)).toBe('right');
});

test(
  'the controller keeps none of them, nor does any command line or log',
  async () => {
    await connection.call(removeVm, { vm: VM });
    await connection.call(setConsolePassword, { vm: VM, consolePassword: THIRD });
    const found = async (word: string) => {
      const { stdout } = await run(
        ['grep', '-rlaF', '--', word, world.network.folder, world.libvirt.folder],
        {
          timeout: 60_000,
        },
      );
      return stdout.split('\n').filter(Boolean);
    };
    expect((await found(VM)).length).toBeGreaterThan(0);
    for (const word of WORDS) expect(await found(word), word).toEqual([]);
  },
  MINUTES,
);
