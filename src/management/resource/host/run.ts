import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Action } from '../../../api/action.ts';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { existing, state, update } from '../../calls/change.ts';
import { type Doing, type Served, serves } from '../../calls/doing.ts';
import { inventory } from '../../calls/inventory.ts';
import { remove } from '../../calls/remove.ts';
import { notThere, notYet, Refusal } from '../../define/refusal.ts';
import type { StoredOf } from '../../define/table.ts';
import type { LeaveErrand } from '../../jobs/order.ts';
import {
  addKvmHost,
  changeHostState,
  deleteHost,
  getHypervisorTypes,
  host,
  KVM,
  reconnectHost,
  updateKvmHost,
} from './resource.ts';

/** The links of this service, as far as these calls need them. */
export interface HostLinks {
  /** Ends a host's link: it comes again at once. */
  cut(uuid: string): Promise<void>;
  /** How many VMs the host reports that run. */
  running(database: Kysely<object>, uuid: string): Promise<number>;
  readonly leave: LeaveErrand;
  /** Hosts that are management nodes, and have a link to this service. */
  managers(): string[];
  /** What is no order, and is asked of a host that has a link to this service. Throws the host's fault; `unavailable`. */
  ask<I extends z.ZodType, O, T>(host: string, action: Action<I, O, T>, input: z.input<I>): Promise<O>;
}

/** For who has no links to hosts. */
export const NO_LINKS: HostLinks = {
  cut: async () => undefined,
  running: async () => 0,
  leave: async () => undefined,
  managers: () => [],
  ask: async () => {
    throw new Fault('unavailable', say('there is no link to hosts here', '此处没有到主机的连接'));
  },
};

type Row = StoredOf<typeof host>;

const MAINTENANCE = ['PreMaintenance', 'Maintenance'];

export const hostCalls = (links: HostLinks): Served[] => [
  serves(addKvmHost, async () => {
    throw new Refusal(
      'HOST.1000',
      'unavailable',
      say('this version does not place its programs over SSH', '本版本不能通过 SSH 部署程序'),
      {
        next: say(
          'join the host from its own console (F2, Join Cluster) or by zstack-ctl join',
          '请在主机自己的控制台（F2，加入集群）或用 zstack-ctl join 加入',
        ),
      },
    );
  }),
  serves(updateKvmHost, async (on, { username, password, sshPort, ...params }) => {
    // Nothing here logs in over SSH: what nobody would use is not taken as if somebody did.
    if (username !== undefined || password !== undefined || sshPort !== undefined)
      throw notYet('UpdateKVMHost username, password, sshPort');
    return update(host)(on, params);
  }),
  serves(reconnectHost, async (on, { uuid }) => {
    const row = await existing(on, host, uuid);
    await links.cut(row.uuid);
    return { inventory: await inventory(on, host, row) };
  }),
  serves(changeHostState, async (on, params) => {
    const row = await existing(on, host, String(params.uuid));
    if (params.stateEvent === 'maintain') await mayRest(on, links, row);
    return state(host)(on, params);
  }),
  serves(deleteHost, async (on, params) => {
    await mayGo(on, String(params.uuid));
    return remove(host)(on, params);
  }),
  serves(getHypervisorTypes, async () => ({ hypervisorTypes: [KVM] })),
];

/** Throws while VMs run there: this version does not move or stop them by itself. */
async function mayRest({ database }: Doing, links: HostLinks, row: Row): Promise<void> {
  const running = await links.running(database, row.uuid);
  if (running > 0) throw vmsRun(row.name, running);
}

/** Why a host cannot go into maintenance. */
export const vmsRun = (name: string, running: number): Refusal =>
  new Refusal(
    'HOST.1001',
    'conflict',
    say(`VMs run on ${name}: ${running}`, `${name} 上有 ${running} 台云主机在运行`),
    { next: say('stop them first', '请先停止') },
  );

async function mayGo(on: Doing, uuid: string): Promise<void> {
  const row = await existing(on, host, uuid).catch((thrown) => {
    if (Fault.from(thrown).kind === 'notFound') throw notThere(host.vo, uuid);
    throw thrown;
  });
  if (row.status === 'Disconnected' || MAINTENANCE.includes(row.state)) return;
  throw new Fault(
    'conflict',
    say(
      `host ${row.name} is ${row.status} and ${row.state}: only one that is lost or in maintenance can be deleted`,
      `主机 ${row.name} 处于 ${row.status}、${row.state}：只能删除失联或维护中的主机`,
    ),
  );
}
