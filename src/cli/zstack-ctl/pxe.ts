import type { Role } from '../../api/role.ts';
import type {
  cancelInstallation,
  Installation,
  installMachine,
} from '../../node/bare-metal/schema/install.ts';
import { CLUSTER_NOT_TOLD } from '../../node/bare-metal/schema/over-api.ts';
import type { forgetProvisioned } from '../../node/bare-metal/schema/provision.ts';
import type { PxeState, readPxe, startPxe, stopPxe } from '../../node/bare-metal/schema/pxe.ts';
import type { listMachines } from '../../node/bare-metal/schema.ts';
import type { NodeLink } from '../node-link.ts';
import { passwordHelp } from '../password.ts';
import { NAME, needed } from './bare-metal.ts';
import { type CtlCommand, FD, password, said, text } from './command.ts';

const VARIABLE = 'ZSTACK_ROOT_PASSWORD';

/** Machines that are installed over the network. */
export const PXE_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'pxe_status',
    summary: 'whether machines can be installed over the network, and on which NIC',
    options: [],
    run: async (node) => {
      const state = await node.call<typeof readPxe>('bareMetal.pxe', {});
      return said(state, ...lines(state));
    },
  },
  {
    name: 'start_pxe',
    summary:
      'serve DHCP, TFTP and HTTP on a NIC to the machines that are to be installed, until it is stopped or this node restarts; refused while another DHCP server answers there',
    options: [
      ['--nic <NIC>', 'which NIC; it has an address'],
      ['--first <ADDRESS>', 'first address for machines (without both: what is free)'],
      ['--last <ADDRESS>', 'last address for machines'],
    ],
    names: { nic: '--nic', first: '--first', last: '--last' },
    run: async (node, given) => {
      const [first, last] = [text(given, 'first'), text(given, 'last')];
      const state = await node.call<typeof startPxe>('bareMetal.startPxe', {
        nic: needed(given, 'nic', '--nic'),
        ...(first === undefined ? {} : { first }),
        ...(last === undefined ? {} : { last }),
      });
      return said(state, ...lines(state));
    },
  },
  {
    name: 'stop_pxe',
    summary: 'stop it; machines that are to be installed wait until it is started again',
    options: [],
    run: async (node) => {
      const state = await node.call<typeof stopPxe>('bareMetal.stopPxe', {});
      return said(state, ...lines(state));
    },
  },
  {
    name: 'install_machine',
    summary: 'have a bare machine start from the network and install itself; all its disks are wiped',
    options: [
      NAME,
      ['--mac <MACS>', 'of the NIC that it starts from; of further ones of its bond, with commas between'],
      ['--role <ROLE>', 'management, compute (if not given), storage or expert'],
      ['--root-password <PASSWORD>', passwordHelp('password of root on it, kept as a hash', VARIABLE)],
      FD,
      ['--address <ADDRESS/PREFIX>', 'of its bond (DHCP if not given)'],
      ['--gateway <ADDRESS>', 'its gateway'],
      ['--dns <SERVERS>', 'name servers, with commas between'],
      ['--bond <MODE>', 'active-backup (if not given) or 802.3ad'],
      ['--vnc', 'show the installer over the network, to whoever comes; on Enterprise Linux 10 by RDP'],
      ['--attended', 'disks are chosen by hand, at its screen or with --vnc'],
    ],
    names: {
      name: '--name',
      macs: '--mac',
      role: '--role',
      rootPassword: '--root-password',
      address: '--address',
      gateway: '--gateway',
      nameservers: '--dns',
      mode: '--bond',
    },
    run: async (node, given) => {
      const name = needed(given, 'name', '--name');
      const [role, gateway, dns, mode] = ['role', 'gateway', 'dns', 'bond'].map((key) => text(given, key));
      const address = text(given, 'address');
      const input = {
        name,
        macs: needed(given, 'mac', '--mac').split(','),
        unattended: given.attended !== true,
        vnc: given.vnc === true,
        ...(role === undefined ? {} : { role: role as Role }),
        ...(address === undefined ? {} : { address }),
        ...(gateway === undefined ? {} : { gateway }),
        ...(dns === undefined ? {} : { nameservers: dns.split(',') }),
        ...(mode === undefined ? {} : { mode: mode as Installation['mode'] }),
      };
      const rootPassword = await password(given, 'rootPassword', VARIABLE, `password of root on ${name}`);
      await node.call<typeof installMachine>('bareMetal.install', { ...input, rootPassword });
      return said({ name }, `${name} starts from the network; zstack-ctl machines tells how far it is`);
    },
  },
  {
    name: 'cancel_install',
    summary: 'install a bare machine no more; one that is under way fails',
    options: [NAME],
    names: { name: '--name' },
    run: async (node, given) => {
      const name = needed(given, 'name', '--name');
      const cancelled = `${name} is installed no more`;
      const chassis = await chassisOf(node, name);
      if (chassis === undefined) {
        await node.call<typeof cancelInstallation>('bareMetal.cancel', { name });
        return said({ name }, cancelled);
      }
      await node.call<typeof forgetProvisioned>('bareMetal.forgetProvisioned', { chassis });
      return said({ name, chassis }, cancelled, CLUSTER_NOT_TOLD.en);
    },
  },
];

/** Of a machine that is installed over the API. */
async function chassisOf(node: NodeLink, name: string): Promise<string | undefined> {
  const machines = await node.call<typeof listMachines>('bareMetal.list', {});
  return machines.filter((machine) => machine.origin === 'api').find((machine) => machine.name === name)
    ?.chassis;
}

function lines({ state, settings, medium, bios, uefi, asking }: PxeState): string[] {
  const where =
    settings === undefined
      ? ''
      : ` on ${settings.nic}, ${settings.address}/${settings.prefix}; machines get ${settings.first} to ${settings.last}`;
  const able = (name: string, { state }: PxeState['bios'], why: string) =>
    `${name} machines: ${state === 'known' ? 'yes' : `no: ${why}`}`;
  const whyOf = (reading: PxeState['bios' | 'medium']) => (reading.state === 'unknown' ? reading.why.en : '');
  return [
    `PXE service: ${state}${where}`,
    `installation medium: ${medium.state === 'unknown' ? medium.why.en : medium.value}`,
    able('UEFI', uefi, whyOf(uefi)),
    able('BIOS', bios, whyOf(bios)),
    ...(asking.state === 'unknown'
      ? [`machines that ask: ${asking.why.en}`]
      : asking.value.map(
          ({ mac, firmware = '?' }) =>
            `${mac} asks to start from the network, and gets no answer (${firmware})`,
        )),
  ];
}
