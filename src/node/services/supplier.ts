import { existsSync } from 'node:fs';
import { Fault } from '../../api/fault.ts';
import { known, lost, unknown } from '../../api/reading.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import { type Bus, openSystemBus, SYSTEM_BUS_SOCKET } from '../../system/dbus.ts';
import { whyOf } from '../../system/errno.ts';
import { KeepConnected } from '../../system/keep-connected.ts';
import { Refresher } from '../../system/refresher.ts';
import { followUnits, readUnits, type UnitState } from '../../system/systemd.ts';
import type { Board } from '../facts/board.ts';
import type { ServiceFact } from '../facts/schema.ts';
import type { Supplier } from '../facts/supplier.ts';
import { serviceState } from './state.ts';
import { type RoleService, servicesOf } from './units.ts';
import { unusedServers } from './unused.ts';

export interface SystemdPlace {
  busSocket: string;
  /** There as long as systemd is the system's first process (sd_booted(3)). */
  bootedFolder: string;
}

export const SYSTEMD: SystemdPlace = { busSocket: SYSTEM_BUS_SOCKET, bootedFolder: '/run/systemd/system' };

/**
 * The role's services as systemd tells them, by its own events. While it cannot be asked the last states are stale.
 * @param properties path of zstack.properties: the servers that it does not lead to are not used, and need not run
 */
export function servicesSupplier(
  board: Board,
  role: Role,
  place: SystemdPlace,
  properties?: string,
): Supplier {
  const services = servicesOf(role);
  const down = (why: Words) =>
    board.set(
      'services',
      services.map((service) => unreadable(board, service, why)),
    );
  const refresher = new Refresher(async () => {
    const bus = keeper.link;
    if (bus === undefined) return;
    try {
      board.set('services', await withUse(await readServices(bus, services), properties));
    } catch (thrown) {
      down(whyOf(thrown));
    }
  });
  const keeper: KeepConnected<Bus> = new KeepConnected({
    socketPath: () => place.busSocket,
    connect: () => connect(place),
    onUp: async (bus) => {
      await followUnits(bus, services.flatMap(unitsOf), () => refresher.ask());
      await refresher.now();
    },
    onDown: down,
  });
  // Events tell every change; a look now and then while watched finds a systemd that fell silent.
  const read = async () => {
    await keeper.nudge();
    await refresher.now();
  };
  return {
    start: () => keeper.nudge(),
    stop: () => {
      refresher.close();
      keeper.stop();
    },
    polls: [{ every: 15, read }],
  };
}

async function connect({ busSocket, bootedFolder }: SystemdPlace): Promise<Bus> {
  if (existsSync(bootedFolder)) return openSystemBus(busSocket);
  throw new Fault('unavailable', say('systemd does not run here', '本机没有运行 systemd'));
}

const unitsOf = ({ units, sockets = {} }: RoleService): string[] => [...units, ...Object.values(sockets)];

async function readServices(bus: Bus, services: readonly RoleService[]): Promise<ServiceFact[]> {
  const names = [...new Set(services.flatMap(unitsOf))];
  const states = await readUnits(bus, names);
  const stateOf = (unit: string) => states[names.indexOf(unit)] as UnitState;
  return services.map((service) => factOf(service, stateOf));
}

function factOf(service: RoleService, stateOf: (unit: string) => UnitState): ServiceFact {
  const { key, label, units, sockets } = service;
  const unit = units.find((name) => stateOf(name).load !== 'not-found') ?? units[0];
  const socket = sockets?.[unit];
  const onDemand = socket !== undefined && stateOf(socket).active === 'active';
  return { key, label, unit, state: withOwnProcess(key, serviceState(stateOf(unit), onDemand)) };
}

/** A server that stands still because the management service has no use for it: no fault, and said so. */
async function withUse(facts: ServiceFact[], path: string | undefined): Promise<ServiceFact[]> {
  const unused = path === undefined ? {} : await unusedServers(path);
  return facts.map((fact) => {
    const why = unused[fact.key];
    const stands = fact.state.state === 'known' && fact.state.value.active === 'stopped';
    return why !== undefined && stands ? { ...fact, state: unknown(why) } : fact;
  });
}

/** This program is the controller: it runs, whoever started it. */
function withOwnProcess(key: ServiceFact['key'], state: ServiceFact['state']): ServiceFact['state'] {
  if (key !== 'controller' || (state.state === 'known' && state.value.pid === process.pid)) return state;
  return known({ active: 'running', pid: process.pid, detail: 'started by hand' });
}

function unreadable(board: Board, { key, label, units }: RoleService, why: Words): ServiceFact {
  const before = board.facts.services.find((service) => service.key === key);
  const state = before === undefined ? unknown(why) : lost(before.state, why, Date.now());
  return {
    key,
    label,
    unit: before?.unit ?? units[0],
    state: withOwnProcess(key, key === 'controller' ? unknown(why) : state),
  };
}
