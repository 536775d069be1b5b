import type { Bus, Target } from './dbus.ts';

const DESTINATION = 'org.freedesktop.systemd1';
const UNIT = 'org.freedesktop.systemd1.Unit';
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
  const paths = await Promise.all(units.map((unit) => unitPath(bus, unit)));
  const rules = paths.map((path) => ({
    sender: DESTINATION,
    path,
    interface: PROPERTIES,
    member: 'PropertiesChanged',
  }));
  await Promise.all(rules.map((rule) => bus.onSignal(rule, onChange)));
  // After `daemon-reload` a unit may be there that was not before.
  await bus.onSignal({ sender: DESTINATION, interface: MANAGER.interface, member: 'Reloading' }, onChange);
}

const NONE: Record<string, unknown> = {};

/** Reads a unit; one that is not installed reads `not-found`. */
export async function readUnit(bus: Bus, unit: string): Promise<UnitState> {
  const path = await unitPath(bus, unit);
  const [properties, service] = await Promise.all([
    propertiesOf(bus, path, UNIT),
    unit.endsWith('.service') ? propertiesOf(bus, path, SERVICE) : NONE,
  ]);
  return {
    load: text(properties.LoadState),
    active: text(properties.ActiveState),
    sub: text(properties.SubState),
    result: text(service.Result),
    pid: Number(service.MainPID ?? 0),
  };
}

async function unitPath(bus: Bus, unit: string): Promise<string> {
  const [path] = await bus.call(MANAGER, 'LoadUnit', 's', [unit]);
  return text(path);
}

async function propertiesOf(bus: Bus, path: string, name: string): Promise<Record<string, unknown>> {
  const target = { destination: DESTINATION, path, interface: PROPERTIES };
  const [properties] = await bus.call(target, 'GetAll', 's', [name]);
  return properties as Record<string, unknown>;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
