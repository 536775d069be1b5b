import { optionsFrom } from '../node/network/change/schema/bond.ts';
import type { ChangeInput } from '../node/network/change/schema/change.ts';

/** One thing that a script does, picked by its option. */
export interface Verb {
  /** `-c`. */
  flag: string;
  /** As shown: `NIC VLAN`, `IF ADDRESS NETMASK [GATEWAY]`. */
  words: string;
  least: number;
  most: number;
  help: string;
  /** The input's fields by the argument that they come from. */
  names: Record<string, string>;
  change(words: string[]): ChangeInput;
}

export interface Program {
  name: string;
  summary: string;
  verbs: Verb[];
  /** What it prints when it is done. */
  shows?: 'bonds';
}

const at = (words: string[], index: number): string => words[index] ?? '';

const addressOn = (words: string[], bridge: boolean): ChangeInput => ({
  kind: 'setAddress',
  link: at(words, 0),
  address: at(words, 1),
  netmask: at(words, 2),
  gateway: at(words, 3),
  bridge,
});

const ADDRESS_NAMES = { link: 'IF', address: 'ADDRESS', netmask: 'NETMASK', gateway: 'GATEWAY' };

const networkSetting: Program = {
  name: 'zs-network-setting',
  summary: 'sets or removes the address of an interface, or of a bridge on it',
  verbs: [
    {
      flag: '-i',
      words: 'IF ADDRESS NETMASK [GATEWAY]',
      least: 3,
      most: 4,
      help: 'set the address of an interface (physical, VLAN, bond); of several, the first or the one that is the same',
      names: ADDRESS_NAMES,
      change: (words) => addressOn(words, false),
    },
    {
      flag: '-b',
      words: 'IF ADDRESS NETMASK [GATEWAY]',
      least: 3,
      most: 4,
      help: 'make the bridge br_IF on the interface and put the address there',
      names: ADDRESS_NAMES,
      change: (words) => addressOn(words, true),
    },
    {
      flag: '-a',
      words: 'IF ADDRESS NETMASK',
      least: 3,
      most: 3,
      help: 'give the interface one more address beside those that it has',
      names: ADDRESS_NAMES,
      change: (words) => ({
        kind: 'addAddress',
        link: at(words, 0),
        address: at(words, 1),
        netmask: at(words, 2),
      }),
    },
    {
      flag: '-r',
      words: 'IF ADDRESS',
      least: 2,
      most: 2,
      help: 'remove one of several addresses of the interface',
      names: ADDRESS_NAMES,
      change: (words) => ({ kind: 'removeAddress', link: at(words, 0), address: at(words, 1) }),
    },
    {
      flag: '-d',
      words: 'IF',
      least: 1,
      most: 1,
      help: 'remove all addresses of the interface, and the bridge br_IF if there is one',
      names: { link: 'IF' },
      change: (words) => ({ kind: 'clearAddress', link: at(words, 0) }),
    },
  ],
};

const pairsFrom = (words: string[]): { missing: string; nic: string }[] =>
  words.flatMap((missing, index) => (index % 2 === 0 ? [{ missing, nic: at(words, index + 1) }] : []));

const changeNic: Program = {
  name: 'zs-change-nic',
  summary: 'renames a physical NIC for good',
  verbs: [
    {
      flag: '-c',
      words: 'OLD NEW',
      least: 2,
      most: 2,
      help: 'give the NIC OLD the name NEW',
      names: { from: 'OLD', to: 'NEW' },
      change: (words) => ({ kind: 'rename', from: at(words, 0), to: at(words, 1) }),
    },
    {
      flag: '-r',
      words: '[MISSING NIC ...]',
      least: 0,
      most: 64,
      help: 'new NICs take the places of missing ones; without words all of them, in the order of their slots',
      names: { missing: 'MISSING', nic: 'NIC', pairs: 'MISSING NIC' },
      change: (words) => ({ kind: 'replaceNics', pairs: pairsFrom(words) }),
    },
  ],
};

const vlan: Program = {
  name: 'zs-vlan',
  summary: 'creates and deletes VLAN interfaces',
  verbs: [
    {
      flag: '-c',
      words: 'NIC VLAN [NAME]',
      least: 2,
      most: 3,
      help: 'create the VLAN interface NIC.VLAN, or NAME where that is too long',
      names: { parent: 'NIC', id: 'VLAN', name: 'NAME' },
      change: ([parent = '', id = '', name]) => ({
        kind: 'createVlan',
        parent,
        id,
        ...(name === undefined ? {} : { name }),
      }),
    },
    {
      flag: '-d',
      words: 'NIC VLAN',
      least: 2,
      most: 2,
      help: 'delete the VLAN interface NIC.VLAN',
      names: { parent: 'NIC', id: 'VLAN' },
      change: (words) => ({ kind: 'deleteVlan', parent: at(words, 0), id: at(words, 1) }),
    },
  ],
};

const bondLacp: Program = {
  name: 'zs-bond-lacp',
  summary: 'creates and deletes 802.3ad (LACP) bonds',
  shows: 'bonds',
  verbs: [
    {
      flag: '-c',
      words: 'BOND',
      least: 1,
      most: 1,
      help: 'create the bond (miimon=100, xmit_hash_policy=layer2+3), without members yet',
      names: { name: 'BOND' },
      change: (words) => ({
        kind: 'createBond',
        name: at(words, 0),
        mode: '802.3ad',
        members: [],
        allowEmpty: true,
      }),
    },
    {
      flag: '-d',
      words: 'BOND',
      least: 1,
      most: 1,
      help: 'delete the bond',
      names: { name: 'BOND' },
      change: (words) => ({ kind: 'deleteBond', name: at(words, 0) }),
    },
  ],
};

/** `BOND MODE [OPTION=VALUE ...]`; no option given: those that suit the mode. */
function bondSettings(words: string[]): { name: string; mode: string; options?: Record<string, string> } {
  const [name = '', mode = '', ...options] = words;
  return { name, mode, ...(options.length === 0 ? {} : { options: optionsFrom(options) }) };
}

const MANY = 64;

const bond: Program = {
  name: 'zs-bond',
  summary: 'creates, changes and deletes bonds of any mode',
  shows: 'bonds',
  verbs: [
    {
      flag: '-c',
      words: 'BOND MODE [OPTION=VALUE ...]',
      least: 2,
      most: MANY,
      help: 'create a bond of that mode (0 to 6 or its name), without members yet',
      names: { name: 'BOND', mode: 'MODE', options: 'OPTION' },
      change: (words) => ({ kind: 'createBond', ...bondSettings(words), members: [], allowEmpty: true }),
    },
    {
      flag: '-u',
      words: 'BOND MODE [OPTION=VALUE ...]',
      least: 2,
      most: MANY,
      help: 'change mode and options of a bond; options that are not given stay, OPTION= takes one away',
      names: { name: 'BOND', mode: 'MODE', options: 'OPTION' },
      change: (words) => ({ kind: 'changeBond', ...bondSettings(words) }),
    },
    {
      flag: '-d',
      words: 'BOND',
      least: 1,
      most: 1,
      help: 'delete the bond',
      names: { name: 'BOND' },
      change: (words) => ({ kind: 'deleteBond', name: at(words, 0) }),
    },
  ],
};

const nicToBond: Program = {
  name: 'zs-nic-to-bond',
  summary: 'attaches NICs to bonds and detaches them',
  shows: 'bonds',
  verbs: [
    {
      flag: '-a',
      words: 'BOND NIC',
      least: 2,
      most: 2,
      help: 'attach the NIC to the bond; its address moves onto a bond that has none',
      names: { bond: 'BOND', nic: 'NIC' },
      change: (words) => ({ kind: 'attach', bond: at(words, 0), nic: at(words, 1) }),
    },
    {
      flag: '-d',
      words: 'BOND NIC',
      least: 2,
      most: 2,
      help: 'detach the NIC from the bond',
      names: { bond: 'BOND', nic: 'NIC' },
      change: (words) => ({ kind: 'detach', bond: at(words, 0), nic: at(words, 1) }),
    },
  ],
};

/** The scripts that change the network, by name. */
export const PROGRAMS: readonly Program[] = [networkSetting, changeNic, vlan, bondLacp, bond, nicToBond];
