import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import {
  pauseVm,
  powerOffVm,
  rebootVm,
  resumeVm,
  setConsolePassword,
  stopVm,
} from '../../../node/vm/schema.ts';
import { carries, type Doing, type Served } from '../../calls/doing.ts';
import type { Code } from '../../define/refusal.ts';
import { type Flow, flow } from '../../jobs/flow.ts';
import type { Order } from '../../jobs/order.ts';
import { sealedOf } from '../../secrets/kept.ts';
import { byHost } from './by-host.ts';
import { release } from './capacity.ts';
import { pauseVmInstance, rebootVmInstance, resumeVmInstance, stopVmInstance } from './resource.ts';
import { move, moved, putBack, toldVm, vmRow } from './rows.ts';
import type { VmEvent, VmState } from './states.ts';

/** A guest is asked for a minute before its power is taken. */
const SECONDS = 180;

interface Acting {
  readonly vm: string;
  readonly host: string;
  readonly before: VmState;
  /** How it is stopped. */
  readonly type?: string | undefined;
  /** What its screen asks from a reboot on, sealed. */
  readonly consolePassword?: string | undefined;
}

interface Act {
  readonly name: string;
  /** What is told when its host cannot do it. */
  readonly code: Code;
  readonly not: Words;
  /** The state meanwhile. */
  readonly during: VmState;
  work(context: Acting, order: Order): Promise<unknown>;
  done(database: Kysely<object>, context: Acting, now: number): Promise<unknown>;
}

/** Something that the host of a running VM does with it; a fault of it leaves the VM's state as it was. */
const acting = ({ name, code, not, during, work, done }: Act): Flow =>
  flow<Acting>({
    name,
    steps: [
      {
        name: 'change its state',
        forget: (database, { vm, before }, now) => putBack(database, vm, during, before, now),
      },
      {
        name: 'have its host do it',
        run: (context, { order }) => byHost(code, not, () => work(context, order)).then(() => undefined),
        async record(database, context, now) {
          await done(database, context, now);
        },
      },
    ],
    answer: ({ vm }, database) => toldVm(database, vm),
  });

async function begun(on: Doing, uuid: string, event: VmEvent): Promise<Acting> {
  const { uuid: vm, hostUuid, state } = await vmRow(on.database, uuid);
  await move(on.database, vm, event, on.now);
  if (hostUuid === null) throw new Fault('conflict', say('its host is not known', '未知其所在主机'));
  return { vm, host: hostUuid, before: state };
}

/** It runs no more: what was kept of its host for it is free. */
export async function halted(database: Kysely<object>, uuid: string, now: number): Promise<void> {
  if (await moved(database, uuid, 'halt', now, { hostUuid: null })) await release(database, uuid);
}

const stopping = acting({
  ...{ name: 'StopVmInstance', during: 'Stopping', code: 'HOST.1006' },
  not: say('its host could not stop it', '主机未能停止云主机'),
  work: ({ vm, host, type }, order) =>
    order(host, type === 'cold' ? powerOffVm : stopVm, { vm }, { resource: vm, seconds: SECONDS }),
  done: (database, { vm }, now) => halted(database, vm, now),
});

const rebooting = acting({
  ...{ name: 'RebootVmInstance', during: 'Rebooting', code: 'HOST.1007' },
  not: say('its host could not reboot it', '主机未能重启云主机'),
  async work({ vm, host, consolePassword }, order) {
    // What waits for a reboot is there before it.
    await order(host, setConsolePassword, { vm }, { resource: vm, sealed: { consolePassword } });
    await order(host, rebootVm, { vm }, { resource: vm, seconds: SECONDS });
  },
  done: (database, { vm }, now) => moved(database, vm, 'run', now),
});

const pausing = acting({
  ...{ name: 'PauseVmInstance', during: 'Pausing', code: 'VM.1012' },
  not: say('its host could not pause it', '主机未能暂停云主机'),
  work: ({ vm, host }, order) => order(host, pauseVm, { vm }, { resource: vm }),
  done: (database, { vm }, now) => moved(database, vm, 'freeze', now),
});

const resuming = acting({
  ...{ name: 'ResumeVmInstance', during: 'Resuming', code: 'VM.1013' },
  not: say('its host could not resume it', '主机未能恢复云主机'),
  work: ({ vm, host }, order) => order(host, resumeVm, { vm }, { resource: vm }),
  done: (database, { vm }, now) => moved(database, vm, 'run', now),
});

export const actCalls: readonly Served[] = [
  carries(stopVmInstance, stopping, async (on, { uuid, type }) => ({
    ...(await begun(on, uuid, 'stop')),
    type,
  })),
  carries(rebootVmInstance, rebooting, async (on, { uuid }) => ({
    ...(await begun(on, uuid, 'reboot')),
    consolePassword: await sealedOf(on.database, uuid, 'consolePassword'),
  })),
  carries(pauseVmInstance, pausing, (on, { uuid }) => begun(on, uuid, 'pause')),
  carries(resumeVmInstance, resuming, (on, { uuid }) => begun(on, uuid, 'resume')),
];
