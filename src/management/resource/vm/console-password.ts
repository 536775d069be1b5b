import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { setConsolePassword } from '../../../node/vm/schema.ts';
import { carries, type Doing, type Served, serves } from '../../calls/doing.ts';
import { checkOwners } from '../../calls/rights.ts';
import { type Flow, flow } from '../../jobs/flow.ts';
import { type Order, Undecided } from '../../jobs/order.ts';
import { sealedOf } from '../../secrets/kept.ts';
import { sealedFor, writeSecretTag } from '../tag/secret-tags.ts';
import {
  deleteVmConsolePassword,
  getVmConsoleAddress,
  getVmConsolePassword,
  setVmConsolePassword,
  vmInstance,
} from './resource.ts';
import { toldVm, vmRow } from './rows.ts';
import type { VmState } from './states.ts';

const NAME = 'consolePassword';

/** States in which nothing else is bringing a password to its host. */
const AT_REST: readonly VmState[] = ['Created', 'Running', 'Paused', 'Stopped'];

interface Setting {
  readonly vm: string;
  /** Where it may be defined; null: nowhere yet. */
  readonly host: string | null;
  /** Sealed; absent: none. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

async function tell({ vm, host }: Setting, consolePassword: string | undefined, order: Order): Promise<void> {
  if (host !== null)
    await order(host, setConsolePassword, { vm }, { resource: vm, sealed: { consolePassword } });
}

/** A host that was never told has nothing to take back. */
function untold(thrown: unknown): void {
  if (thrown instanceof Undecided || Fault.from(thrown).kind !== 'unavailable') throw thrown;
}

const setting = (name: string): Flow =>
  flow<Setting>({
    name,
    steps: [
      {
        name: 'write it down',
        forget: (database, { vm, before }, now) => write(database, vm, before, now),
      },
      {
        name: 'have its host ask for it',
        run: (context, { order }) => tell(context, context.after, order).then(() => undefined),
        undo: (context, { order }) => tell(context, context.before, order).catch(untold),
      },
    ],
    answer: ({ vm }, database) => toldVm(database, vm),
  });

const write = (database: Kysely<object>, uuid: string, sealed: string | undefined, now: number) =>
  writeSecretTag(database, { of: vmInstance, uuid }, { name: NAME, sealed, now });

async function begun({ database, now }: Doing, uuid: string, after: string | undefined): Promise<Setting> {
  const { uuid: vm, state, hostUuid, homeHostUuid } = await vmRow(database, uuid);
  if (!AT_REST.includes(state)) throw notNow(state);
  const before = await sealedOf(database, vm, NAME);
  await write(database, vm, after, now);
  return { vm, host: hostUuid ?? homeHostUuid, before, after };
}

const notNow = (state: VmState): Fault =>
  new Fault(
    'conflict',
    say(
      `the VM is ${state}: its console password changes in ${AT_REST.join(', ')}`,
      `云主机处于 ${state}：只能在 ${AT_REST.join('、')} 时更改控制台密码`,
    ),
  );

/** Clients know them as calls for anybody: a password is its owner's alone. */
const OWN = { params: setVmConsolePassword.params };

const onNoNetwork = (): Fault =>
  new Fault('conflict', say('no screen of a VM listens on the network', '云主机的画面不在网络上监听'), {
    next: say(
      'RequestConsoleAccess opens it by the console proxy',
      '请用 RequestConsoleAccess 通过控制台代理打开',
    ),
  });

export const consolePasswordCalls: readonly Served[] = [
  carries(setVmConsolePassword, setting('SetVmConsolePassword'), (on, { uuid, consolePassword: value }) =>
    begun(on, uuid, sealedFor(on, uuid, { name: NAME, value, field: 'consolePassword' })),
  ),
  carries(deleteVmConsolePassword, setting('DeleteVmConsolePassword'), (on, { uuid }) =>
    begun(on, uuid, undefined),
  ),
  serves(getVmConsolePassword, async (on, { uuid }) => {
    await checkOwners(on, OWN, { uuid });
    const { database, catalogue } = on;
    const sealed = await sealedOf(database, uuid, NAME);
    return sealed === undefined ? {} : { consolePassword: catalogue.vault.open(sealed, uuid).reveal() };
  }),
  serves(getVmConsoleAddress, async (on, { uuid }) => {
    await checkOwners(on, OWN, { uuid });
    throw onNoNetwork();
  }),
];
