import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type { InstallationTold } from '../../node/bare-metal/schema/install.ts';
import { OVER_API } from '../../node/bare-metal/schema/over-api.ts';
import type {
  addMachine,
  BareMachine,
  bmcCertificate,
  bootOnce,
  listMachines,
  orderPower,
  PowerOrder,
  removeMachine,
} from '../../node/bare-metal/schema.ts';
import { agreed } from '../agreed.ts';
import type { NodeLink } from '../node-link.ts';
import { passwordHelp } from '../password.ts';
import { tell } from '../print.ts';
import { type CtlCommand, FD, type Given, password, said, text } from './command.ts';

const VARIABLE = 'ZSTACK_BMC_PASSWORD';
export const NAME: readonly [string, string] = ['--name <NAME>', 'the machine'];
const NAMES = { name: '--name', order: '--order', device: '--device' };

/** Throws `usage` that names the option. */
export function needed(given: Given, option: string, flag: string): string {
  const value = text(given, option);
  if (value === undefined) throw new Fault('usage', same(`${flag} is needed`));
  return value;
}

/** Bare machines, by their BMCs. */
export const BARE_METAL_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'machines',
    summary: 'bare machines that were added, or are installed over the API, and how they stand',
    options: [],
    run: async (node) => {
      const machines = await node.call<typeof listMachines>('bareMetal.list', {});
      return said(machines, ...lines(machines));
    },
  },
  {
    name: 'add_machine',
    summary: 'add a bare machine by the address of its BMC, or say anew how it is reached',
    options: [
      ['--name <NAME>', 'its name, which becomes its hostname'],
      ['--address <ADDRESS>', 'of its BMC'],
      ['--port <PORT>', 'of its BMC (IPMI: 623, Redfish: 443)'],
      ['--user <USER>', 'of its BMC'],
      ['--password <PASSWORD>', passwordHelp('password of that user', VARIABLE)],
      FD,
      ['--redfish', 'it speaks Redfish; without it: IPMI 2.0'],
      ['--certificate <SHA256>', 'fingerprint that a Redfish BMC must show; a person is asked without it'],
      ['--bios', 'it starts as BIOS machines do; without it: UEFI'],
    ],
    names: {
      ...NAMES,
      address: '--address',
      port: '--port',
      user: '--user',
      password: '--password',
      certificate: '--certificate',
    },
    run: async (node, given) => {
      const machine = await node.call<typeof addMachine>('bareMetal.add', await asked(node, given));
      return said(machine, row(machine));
    },
  },
  {
    name: 'remove_machine',
    summary: 'forget a bare machine',
    options: [NAME],
    names: NAMES,
    run: async (node, given) => {
      const name = needed(given, 'name', '--name');
      await node.call<typeof removeMachine>('bareMetal.remove', { name });
      return said({ name }, `${name} is forgotten`);
    },
  },
  {
    name: 'machine_power',
    summary: 'switch a bare machine, and wait until it stands so',
    options: [NAME, ['--order <on|off|reset>', 'off and reset are hard, as by the switch']],
    names: NAMES,
    run: async (node, given) => {
      const machine = await node.call<typeof orderPower>('bareMetal.power', {
        name: needed(given, 'name', '--name'),
        order: needed(given, 'order', '--order') as PowerOrder,
      });
      return said(machine, row(machine));
    },
  },
  {
    name: 'machine_boot',
    summary: 'from what a bare machine starts next, that once',
    options: [NAME, ['--device <pxe|disk>', 'the network, or its disk']],
    names: NAMES,
    run: async (node, given) => {
      const input = {
        name: needed(given, 'name', '--name'),
        device: needed(given, 'device', '--device') as 'pxe' | 'disk',
      };
      await node.call<typeof bootOnce>('bareMetal.boot', input);
      return said(input, `${input.name} starts from ${input.device} next`);
    },
  },
];

async function asked(node: NodeLink, given: Given) {
  const name = needed(given, 'name', '--name');
  const address = needed(given, 'address', '--address');
  const user = needed(given, 'user', '--user');
  const port = text(given, 'port');
  const place = { address, ...(port === undefined ? {} : { port }) };
  const certificate =
    text(given, 'certificate') ?? (given.redfish === true ? await confirmed(node, place) : undefined);
  return {
    name,
    ...place,
    user,
    protocol: given.redfish === true ? ('redfish' as const) : ('ipmi' as const),
    firmware: given.bios === true ? ('bios' as const) : ('uefi' as const),
    password: await password(given, 'password', VARIABLE, `password of ${user} on ${address}`),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

/** The certificate that the BMC shows, once a person says that it is the right one. */
async function confirmed(node: NodeLink, place: { address: string; port?: string }): Promise<string> {
  const { certificate } = await node.call<typeof bmcCertificate>('bareMetal.certificate', place);
  const shown = `${place.address} shows the certificate ${certificate}`;
  if (!process.stdin.isTTY)
    throw new Fault('usage', same(`${shown}; if that is its own: --certificate ${certificate}`));
  tell(shown);
  if (await agreed('Is that its certificate? [y/N] ', { output: process.stderr })) return certificate;
  throw new Fault('usage', same('the certificate was not confirmed; nothing is added'));
}

function lines(machines: readonly BareMachine[]): string[] {
  if (machines.length === 0) return ['none; add one: add_machine'];
  const there = machines.some(({ origin }) => origin === 'api')
    ? [`API: asked for, ${OVER_API.en}; cancel_install works here too`]
    : [];
  return [...machines.map(row), ...there];
}

function row(machine: BareMachine): string {
  const { name, installation } = machine;
  const installs = installation === undefined ? '' : `  ${installationOf(installation)}`;
  return `${name.padEnd(16)} ${reachedBy(machine)}${installs}`;
}

function reachedBy(machine: BareMachine): string {
  if (machine.origin === 'api') {
    const { macs, addresses } = machine.installation;
    return `API  ${[...macs, ...addresses].join(' ')}`;
  }
  const { power, protocol, address, port, firmware } = machine;
  const stands = power.state === 'unknown' ? `? ${power.why.en}` : power.value;
  return `${stands.padEnd(4)} ${protocol} ${address}:${port} ${firmware}`;
}

function installationOf({ role, state, since, lease }: InstallationTold): string {
  const at = since === undefined ? '' : ` since ${new Date(since).toLocaleString('sv').slice(0, 16)}`;
  return `${role} node: ${state}${at}${lease === undefined ? '' : ` at ${lease}`}`;
}
