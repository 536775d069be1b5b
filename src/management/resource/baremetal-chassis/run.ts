import type { Kysely } from 'kysely';
import type { Secret } from '../../../api/secret-text.ts';
import { say } from '../../../api/words.ts';
import { create } from '../../calls/change.ts';
import { carries, type Doing, newUuid, type Served } from '../../calls/doing.ts';
import type { Code } from '../../define/refusal.ts';
import { flow, type Step } from '../../jobs/flow.ts';
import { forgetSealed, keepSealed, sealedOf } from '../../secrets/kept.ts';
import type { HostLinks } from '../host/run.ts';
import { byHost } from '../vm/by-host.ts';
import { askPlate, writePlate } from './hardware.ts';
import { checkLogin, PASSWORD, USUAL_PORT } from './login.ts';
import {
  baremetalChassis,
  createBaremetalChassis,
  powerOffBaremetalHost,
  powerOnBaremetalHost,
  powerResetBaremetalHost,
  powerStatusBaremetalHost,
  updateBaremetalChassis,
} from './resource.ts';
import {
  askBmc,
  type ChassisRow,
  chassisRow,
  chassisTables,
  type Reached,
  reached,
  toldChassis,
} from './rows.ts';

/** A chassis that was written down, and what was there before. */
interface Written extends Reached {
  readonly before?: { readonly row: ChassisRow; readonly sealed: string | undefined } | undefined;
  /** Whether another BMC is meant, or another way to it. */
  readonly asks: boolean;
  /** What its maker wrote into it, as far as its BMC was asked. */
  readonly plate?: Readonly<Record<string, string>>;
}

/** Its BMC answers, or nothing of it is kept. */
const writing = (name: string) =>
  flow<Written>({
    name,
    steps: [{ name: 'write it down', forget: (database, written) => putBack(database, written) }, ask, look],
    answer: ({ row }, database) => toldChassis(database, row.uuid),
  });

const ask: Step<Written> = {
  name: 'ask its BMC',
  async run(context, { order }) {
    if (context.asks) await askBmc(context, order, 'status');
    return undefined;
  },
};

const look: Step<Written> = {
  name: 'read what it is',
  run: async (context, doing) => (context.asks ? { plate: await askPlate(context, doing) } : undefined),
  async record(database, { row, plate }, now) {
    if (plate !== undefined) await writePlate(database, row.uuid, plate, now);
  },
};

async function putBack(database: Kysely<object>, { row: { uuid }, before }: Written): Promise<void> {
  const tables = chassisTables(database);
  if (before === undefined) {
    await forgetSealed(database, uuid);
    await tables.deleteFrom('baremetal_chassis').where('uuid', '=', uuid).execute();
    return;
  }
  await keepSealed(database, uuid, PASSWORD, before.sealed);
  await tables.updateTable('baremetal_chassis').set(before.row).where('uuid', '=', uuid).execute();
}

const keep = ({ database, catalogue }: Doing, uuid: string, password: Secret): Promise<void> =>
  keepSealed(database, uuid, PASSWORD, catalogue.vault.seal(password, uuid));

const creating = (links: HostLinks): Served =>
  carries(
    createBaremetalChassis,
    writing('CreateBaremetalChassis'),
    async (on, { ipmiPassword, ...params }): Promise<Written> => {
      const { ipmiPort = USUAL_PORT, resourceUuid: uuid = newUuid() } = params;
      const login = { ...params, ipmiPort };
      checkLogin(login, ipmiPassword);
      const more = { resourceUuid: uuid, status: 'Unprovisioned' };
      await create(baremetalChassis)(on, { ...login, ...more });
      await keep(on, uuid, ipmiPassword);
      return { ...(await reached(on.database, links, uuid)), asks: true };
    },
  );

const updating = (links: HostLinks): Served =>
  carries(
    updateBaremetalChassis,
    writing('UpdateBaremetalChassis'),
    async (on, { uuid, ipmiPassword, ...params }): Promise<Written> => {
      const { database, now } = on;
      const row = await chassisRow(database, uuid);
      const before = { row, sealed: await sealedOf(database, uuid, PASSWORD) };
      const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
      const next: ChassisRow = { ...row, ...given, lastOpDate: now };
      checkLogin(next, ipmiPassword);
      await chassisTables(database)
        .updateTable('baremetal_chassis')
        .set(next)
        .where('uuid', '=', uuid)
        .execute();
      if (ipmiPassword !== undefined) await keep(on, uuid, ipmiPassword);
      const asks = ipmiPassword !== undefined || Object.keys(given).some((name) => name.startsWith('ipmi'));
      return { ...(await reached(database, links, uuid)), before, asks };
    },
  );

const NOTS = {
  on: say('it could not be powered on', '无法开机'),
  off: say('it could not be powered off', '无法关机'),
  reset: say('it could not be reset', '无法重置'),
};

/** Switches it, and ends when it stands so. */
const switching = (name: string, what: keyof typeof NOTS, code: Code) =>
  flow<Reached>({
    name,
    steps: [
      {
        name: 'have its BMC do it',
        run: async (context, { order }) => {
          await byHost(code, NOTS[what], () => askBmc(context, order, what));
          return undefined;
        },
      },
    ],
    answer: () => ({}),
  });

const asking = flow<Reached & { readonly status?: string }>({
  name: 'PowerStatusBaremetalHost',
  steps: [
    {
      name: 'ask its BMC',
      run: async (context, { order }) => ({ status: await askBmc(context, order, 'status') }),
    },
  ],
  answer: ({ status }) => ({ status }),
});

export function chassisCalls(links: HostLinks): Served[] {
  const begin = ({ database }: Doing, { chassisUuid }: { readonly chassisUuid: string }) =>
    reached(database, links, chassisUuid);
  return [
    creating(links),
    updating(links),
    carries(powerOnBaremetalHost, switching('PowerOnBaremetalHost', 'on', 'BAREMETAL.1301'), begin),
    carries(powerOffBaremetalHost, switching('PowerOffBaremetalHost', 'off', 'BAREMETAL.1302'), begin),
    carries(powerResetBaremetalHost, switching('PowerResetBaremetalHost', 'reset', 'BAREMETAL.1303'), begin),
    carries(powerStatusBaremetalHost, asking, begin),
  ];
}
