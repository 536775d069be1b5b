import { Fault } from '../../api/fault.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { needSystemd, systemctl } from '../../system/systemctl.ts';
import type { Order, ServiceStep } from './schema.ts';
import { type RoleService, servicesOf } from './units.ts';
import type { Unused } from './unused.ts';

/** What an order asks of systemd; replaced in tests. */
export interface Units {
  /** In systemd's words: `loaded`, `not-found`, `masked` (nobody may start it), or what is wrong with it. */
  load(unit: string): Promise<string>;
  start(unit: string): Promise<void>;
  stop(units: readonly string[]): Promise<void>;
}

const READY_MILLISECONDS = 180_000;

export const SYSTEMD_UNITS: Units = {
  async load(unit) {
    needSystemd();
    const { stdout } = await run(['systemctl', 'show', '--property=LoadState', '--value', unit], {
      timeout: 15_000,
    });
    return stdout.trim();
  },
  start: (unit) => systemctl(['start', unit], READY_MILLISECONDS),
  stop: (units) => systemctl(['stop', ...units], READY_MILLISECONDS),
};

/** Services in the order in which they start: each needs those before it. */
const SEQUENCE = ['database', 'broker', 'libvirt', 'o2cb', 'ocfs2', 'management', 'ui'];

export interface OrderOptions {
  role: Role;
  order: Order;
  /** Passed over: others may use them. */
  unused?: Unused;
  signal: AbortSignal;
  emit(step: ServiceStep): void;
}

/** Carries an order out. Answers how each service ended; throws `failed` that names the first that did not come up. */
export async function orderAll(
  units: Units,
  { role, order, unused = {}, signal, emit }: OrderOptions,
): Promise<ServiceStep[]> {
  const services = inSequence(role);
  const ends: ServiceStep[] = [];
  const step = async (service: RoleService, work: typeof startOne) => {
    signal.throwIfAborted();
    const why = unused[service.key];
    const end = why === undefined ? await work(units, service, emit) : passedOver(service, why);
    emit(end);
    ends.push(end);
  };
  if (order !== 'start') for (const service of [...services].reverse()) await step(service, stopOne);
  if (order !== 'stop') for (const service of services) await step(service, startOne);
  return ends;
}

const passedOver = ({ label, units: [unit] }: RoleService, why: Words): ServiceStep => ({
  label,
  unit,
  state: 'not used',
  why,
});

function inSequence(role: Role): RoleService[] {
  const place = ({ key }: RoleService) => SEQUENCE.indexOf(key);
  return servicesOf(role)
    .filter((service) => place(service) >= 0)
    .sort((one, other) => place(one) - place(other));
}

async function startOne(
  units: Units,
  service: RoleService,
  emit: OrderOptions['emit'],
): Promise<ServiceStep> {
  const { unit, absent } = await find(units, service);
  if (absent !== undefined) return { label: service.label, unit, state: absent };
  emit({ label: service.label, unit, state: 'starting' });
  await units.start(unit).catch((thrown) => {
    emit({ label: service.label, unit, state: 'failed' });
    throw notUp(service.label, unit, thrown);
  });
  return { label: service.label, unit, state: 'started' };
}

async function stopOne(units: Units, service: RoleService, emit: OrderOptions['emit']): Promise<ServiceStep> {
  const { unit, absent } = await find(units, service);
  // What was masked while it ran still runs, and can be stopped.
  if (absent === 'not installed') return { label: service.label, unit, state: absent };
  emit({ label: service.label, unit, state: 'stopping' });
  const socket = service.sockets?.[unit];
  // With its socket listening the next question would start it again.
  await units.stop(socket === undefined ? [unit] : [socket, unit]);
  return { label: service.label, unit, state: 'stopped' };
}

interface Found {
  unit: string;
  /** Why it is passed over. */
  absent?: 'not installed' | 'masked';
}

/** The first of a service's units that can be tried; without one, the first that at least is there. */
async function find(units: Units, { units: names }: RoleService): Promise<Found> {
  let masked: string | undefined;
  for (const unit of names) {
    const load = await units.load(unit);
    // A broken one is tried: systemd says what is wrong with it.
    if (load !== 'masked' && load !== 'not-found') return { unit };
    if (load === 'masked') masked ??= unit;
  }
  return masked === undefined
    ? { unit: names[0], absent: 'not installed' }
    : { unit: masked, absent: 'masked' };
}

function notUp(label: Words, unit: string, thrown: unknown): Fault {
  const { kind, words } = Fault.from(thrown);
  return new Fault(
    kind === 'internal' ? 'failed' : kind,
    say(`${label.en} does not start: ${words.en}`, `${label.zh} 无法启动：${words.zh}`),
    {
      next: say(`its last words: View Logs, or journalctl -u ${unit}`, `查看日志：journalctl -u ${unit}`),
      cause: thrown,
    },
  );
}
