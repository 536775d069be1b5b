import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import type { Bus, Target, Value } from './dbus.ts';

const DESTINATION = 'org.freedesktop.systemd1';
const SERVICE = 'org.freedesktop.systemd1.Service';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const MANAGER: Target = {
  destination: DESTINATION,
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
};

/** A unit as systemd has it: its own words for the states. */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, ... */
  load: string;
  /** `active`, `activating`, `inactive`, `failed`, ... */
  active: string;
  /** Finer: `running`, `exited`, `auto-restart`, ... */
  sub: string;
  /** Why a service failed: `exit-code`, `oom-kill`, ...; `success` otherwise, empty for units that are no service. */
  result: string;
  /** Main process of a service; 0 when there is none. */
  pid: number;
}

/** systemd tells of our units from now on: `onChange` for each change of one, of the set of units, or of systemd itself. */
export async function followUnits(bus: Bus, units: readonly string[], onChange: () => void): Promise<void> {
  await bus.call(MANAGER, 'Subscribe');
  const rows = await listed(bus, units);
  const rules = rows.map(({ path }) => ({
    sender: DESTINATION,
    path,
    interface: PROPERTIES,
    member: 'PropertiesChanged',
  }));
  await Promise.all(rules.map((rule) => bus.onSignal(rule, onChange)));
  // After `daemon-reload` a unit may be there that was not before.
  await bus.onSignal({ sender: DESTINATION, interface: MANAGER.interface, member: 'Reloading' }, onChange);
}

/**
 * Reads units, in the order of their names; one that is not installed reads `not-found`. All of a unit's properties
 * would be some hundred values to take apart: only what is shown is asked for.
 */
export async function readUnits(bus: Bus, units: readonly string[]): Promise<UnitState[]> {
  const rows = await listed(bus, units);
  return Promise.all(rows.map((row) => readUnit(bus, row)));
}

async function readUnit(bus: Bus, { name, path, load, active, sub }: Row): Promise<UnitState> {
  const service = name.endsWith('.service') && load === 'loaded' && active !== 'inactive';
  const [result, pid] = service
    ? await Promise.all([propertyOf(bus, path, 'Result'), propertyOf(bus, path, 'MainPID')])
    : [];
  return { load, active, sub, result: text(result), pid: Number(pid ?? 0) };
}

interface Row {
  name: string;
  path: string;
  load: string;
  active: string;
  sub: string;
}

/** A row for each name. */
async function listed(bus: Bus, units: readonly string[]): Promise<Row[]> {
  const [found] = await bus.call(MANAGER, 'ListUnitsByNames', 'as', [units]);
  const rows = (found as unknown[][]).map(([name, , load, active, sub, , path]) => ({
    name: text(name),
    path: text(path),
    load: text(load),
    active: text(active),
    sub: text(sub),
  }));
  if (rows.length === units.length) return rows;
  const figures = `${rows.length} / ${units.length}`;
  throw new Fault(
    'failed',
    say(`systemd listed ${figures} of the units asked for`, `systemd 只列出了 ${figures} 个单元`),
  );
}

async function propertyOf(bus: Bus, path: string, name: string): Promise<unknown> {
  const target = { destination: DESTINATION, path, interface: PROPERTIES };
  const [property] = (await bus.call(target, 'Get', 'ss', [SERVICE, name])) as [Value];
  return property.value;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
