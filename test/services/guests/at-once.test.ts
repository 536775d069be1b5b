import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Action } from '../../../src/api/action.ts';
import { Fault } from '../../../src/api/fault.ts';
import { powerOffVm, removeVm, startVm } from '../../../src/node/vm/schema.ts';
import type { Cloud } from '../../fakes/cloud.ts';
import { vmWords } from '../../fakes/furnish.ts';
import { CloudWorld } from './cloud-world.ts';

// Several want something of one VM at the same moment.

let world: CloudWorld;
let cloud: Cloud;
let words: string[];
let vm: string;
beforeAll(async () => {
  world = await CloudWorld.start();
  cloud = world.cloud;
  words = vmWords(await world.furnish());
}, 240_000);
afterAll(() => world?.end());

beforeEach(async () => {
  ({ uuid: vm } = await cloud.made('CreateVmInstance', 'name=one', 'strategy=JustCreate', ...words));
}, 240_000);

const MINUTES = 240_000;

/** Whether a call did it; otherwise why not, in one line. */
async function asked(call: string): Promise<string> {
  // A guest that has just started does not hear its power button.
  const more = call === 'Stop' ? ['type=cold'] : [];
  const { code, told } = await cloud.cli(`${call}VmInstance`, `uuid=${vm}`, ...more);
  if (code === 0) return 'done';
  expect(code).toBe(3);
  expect(told.error.details).toMatch(/^[^\n]+$/);
  return told.error.details;
}

/** Of two calls that both were done the second came when the first one was over: then they are made once more. */
async function met(calls: () => Promise<[string, string]>): Promise<[string, string]> {
  for (let left = 5; ; left--) {
    const all = await calls();
    if (left === 0 || all.some((each) => each !== 'done')) return all;
  }
}

const state = async () => (await cloud.found('QueryVmInstance', `uuid=${vm}`))[0]?.state;
const domain = () => world.libvirt.virsh('domstate', vm).catch(() => 'absent');

/** Times that libvirt started QEMU for it. */
function starts(): number {
  const log = join(world.libvirt.folder, 'var_log_libvirt/qemu', `${vm}.log`);
  return existsSync(log) ? (readFileSync(log, 'utf8').match(/: starting up/g) ?? []).length : 0;
}

test(
  'of several starts one does it, and QEMU is started once',
  async () => {
    const all = await Promise.all(['Start', 'Start', 'Start'].map(asked));
    expect(all.filter((each) => each === 'done')).toHaveLength(1);
    for (const each of all.filter((one) => one !== 'done'))
      expect(each).toMatch(/the VM is (Starting|Running): start is possible in Created, Stopped/);
    expect([await state(), await domain(), starts()]).toEqual(['Running', 'running', 1]);
    expect(await asked('Destroy')).toBe('done');
  },
  MINUTES,
);

test(
  'of a stop and a reboot of a VM that runs, and of two stops, one does it',
  async () => {
    for (const [one, other] of [
      ['Stop', 'Reboot'],
      ['Stop', 'Stop'],
    ] as const) {
      const all = await met(async () => {
        if ((await state()) !== 'Running') expect(await asked('Start')).toBe('done');
        return Promise.all([asked(one), asked(other)]);
      });
      const refused = all.filter((each) => each !== 'done');
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatch(/the VM is \w+: (stop|reboot) is possible in Running/);
      const end = all[0] === 'done' || one === other ? ['Stopped', 'shut off'] : ['Running', 'running'];
      expect([await state(), await domain()]).toEqual(end);
    }
  },
  2 * MINUTES,
);

test(
  'a start beside a destruction: either wins, and the other is told by what',
  async () => {
    for (let round = 0; round < 3; round++) {
      const [start, destroy] = await met(async () => {
        if ((await state()) === 'Destroyed') expect(await asked('Recover')).toBe('done');
        return Promise.all([asked('Start'), asked('Destroy')]);
      });
      expect([start, destroy].filter((each) => each === 'done')).toHaveLength(1);
      if (destroy === 'done') {
        expect(start).toMatch(/the VM is (Destroying|Destroyed): start is possible in/);
        expect([await state(), await domain()]).toEqual(['Destroyed', 'absent']);
      } else {
        expect(destroy).toMatch(/the VM is Starting: destroy is possible in/);
        expect([await state(), await domain()]).toEqual(['Running', 'running']);
        expect(await asked('Destroy')).toBe('done');
      }
      expect(await asked('Expunge')).toBe('done');
      expect(await domain()).toBe('absent');
      ({ uuid: vm } = await cloud.made(
        ...(['CreateVmInstance', 'name=one', 'strategy=JustCreate', ...words] as const),
      ));
    }
  },
  2 * MINUTES,
);

test(
  'what the console of the node wants of a VM that its cluster is starting waits, or is told who is at work',
  async () => {
    const connection = await world.network.connect();
    try {
      expect(await asked('Start')).toBe('done');
      expect(await asked('Stop')).toBe('done');
      const faults: string[] = [];
      const wants = ([powerOffVm, startVm, removeVm] as Action[]).map((action) =>
        connection.call(action, { vm }).catch((thrown) => void faults.push(Fault.from(thrown).words.en)),
      );
      const [start] = await Promise.all([asked('Start'), ...wants]);
      for (const each of [...faults, start].filter((one) => one !== 'done')) expect(each).toMatch(/^[^\n]+$/);
      console.log(`start: ${start}; console: ${faults.join('; ') || 'all done'}`);
      const is = (await domain()) === 'running' ? 'Running' : 'Stopped';
      await cloud.until(['QueryVmInstance', `uuid=${vm}`], ([each]) => each?.state === is);
    } finally {
      connection.close();
    }
  },
  MINUTES,
);
