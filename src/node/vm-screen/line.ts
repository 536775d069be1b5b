import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import type { Reading } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { isOn } from '../../system/libvirt/guests.ts';
import { attributeIn } from '../../system/xml.ts';
import type { Vm } from '../facts/schema.ts';
import { mustFindGuest } from '../vm/guest.ts';
import type { StandingGuests } from '../vm/standing.ts';
import { HeldLines } from './held-lines.ts';
import { openLine, readLine, takeLine, typeLine, type VmLine } from './schema.ts';

export interface LineParts {
  readonly standing: StandingGuests;
  /** The VMs of this node as they are known now. */
  vms(): Reading<Vm[]>;
}

const FIELD = { field: 'vm' } as const;

/** Text consoles of this node's guests. */
export function lineActions(parts: LineParts): Implementation[] {
  const held = new HeldLines();
  const found = (vm: string) => lineOf(parts.standing, uuidOf(vm, parts.vms()));
  return [
    implement(readLine, ({ vm }) => found(vm)),
    implement(openLine, async ({ vm }, { signal, emit, caller }) => {
      const { path, name } = await found(vm);
      await held.hold(path, caller.line, signal, (line) => emit({ name, line }));
    }),
    implement(takeLine, async ({ line }, { signal }) => ({
      bytes: (await held.take(line, signal)).toString('base64'),
    })),
    implement(typeLine, async ({ line, keys }) => held.send(line, Buffer.from(keys, 'base64'))),
  ];
}

/** Where that guest's serial line is. Faults as those of `vm.line`. */
export async function lineOf(standing: StandingGuests, uuid: string): Promise<VmLine> {
  const guests = await standing.get();
  const { dom, name } = await mustFindGuest(guests, uuid);
  if (!isOn(await guests.state(dom)))
    throw new Fault('conflict', say('this VM is off', '该云主机已关机'), FIELD);
  const path = attributeIn(await guests.running(dom), 'console', 'tty');
  if (path !== undefined) return { uuid, name, path };
  throw new Fault('unavailable', say('this VM has no serial line', '该云主机没有串口'), FIELD);
}

/** Exported for tests. Pure: the uuid that is meant, 32 hex digits. */
export function uuidOf(given: string, vms: Reading<Vm[]>): string {
  const plain = given.replaceAll('-', '').toLowerCase();
  if (/^[0-9a-f]{32}$/.test(plain)) return plain;
  if (vms.state === 'unknown') throw new Fault('unavailable', vms.why, FIELD);
  const found = vms.value.filter(({ name }) => name === given).map(({ uuid }) => uuid.replaceAll('-', ''));
  const [only, ...more] = found;
  if (only === undefined)
    throw new Fault(
      'notFound',
      say(`no VM here is called ${given}`, `本节点没有名为 ${given} 的云主机`),
      FIELD,
    );
  if (more.length === 0) return only;
  const all = found.join(', ');
  throw new Fault(
    'conflict',
    say(`several VMs are called ${given}: ${all}`, `有多台云主机名为 ${given}：${all}`),
    FIELD,
  );
}
