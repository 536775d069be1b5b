import { createApi, deleteApi, queryApi } from '../../define/api.ts';
import {
  bounded,
  DATES,
  flag,
  map,
  maybe,
  oneOf,
  ref,
  secret,
  text,
  unsent,
  uuid,
} from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.baremetal.host';
const PATH = '/baremetal/hostcfg';

/** What a bare machine is to become; root's password is kept sealed, and in no answer. */
export const baremetalHostCfg = resource({
  name: 'BaremetalHostCfg',
  package: PACKAGE,
  path: PATH,
  table: 'baremetal_host_cfg',
  fields: {
    uuid: uuid(),
    chassisUuid: ref('BaremetalChassisVO'),
    vnc: flag(),
    unattended: flag(),
    cloneIso: flag(),
    ...DATES,
    ...unsent({
      /** How it starts. */
      firmware: oneOf(['bios', 'uefi']),
      /** Of the management node that has it installed, or had; null: none yet. */
      hostUuid: maybe(uuid()),
    }),
  },
  unique: [['chassisUuid']],
  related: {
    nicCfgs: { resource: 'BaremetalHostNicCfg', from: 'uuid', to: 'hostCfgUuid' },
    bondings: { resource: 'BaremetalHostBonding', from: 'uuid', to: 'hostCfgUuid' },
  },
  joined: {
    nicCfgs: { resource: 'BaremetalHostNicCfg', by: 'hostCfgUuid' },
    bondings: { resource: 'BaremetalHostBonding', by: 'hostCfgUuid' },
  },
  goesWith: ['chassisUuid'],
});

const address = {
  ip: maybe(text(32)),
  netmask: maybe(text(32)),
  gateway: maybe(text(32)),
  dns: maybe(text(255)),
};
const ofCfg = { uuid: uuid(), hostCfgUuid: ref(baremetalHostCfg.vo) };

/** A NIC of such a machine. */
export const baremetalHostNicCfg = resource({
  name: 'BaremetalHostNicCfg',
  package: `${PACKAGE}.niccfg`,
  path: '',
  table: 'baremetal_host_nic_cfg',
  fields: { ...ofCfg, mac: text(32), ...address, pxe: flag(), ...DATES },
  index: [['hostCfgUuid']],
  goesWith: ['hostCfgUuid'],
});

export const baremetalHostBonding = resource({
  name: 'BaremetalHostBonding',
  package: `${PACKAGE}.bonding`,
  path: '',
  table: 'baremetal_host_bonding',
  fields: {
    ...ofCfg,
    name: text(32),
    /** MAC addresses, with commas between. */
    slaves: text(255),
    mode: text(32),
    ...address,
    ...DATES,
  },
  index: [['hostCfgUuid']],
  goesWith: ['hostCfgUuid'],
});

export const createBaremetalHostCfg = createApi(baremetalHostCfg, {
  params: {
    resourceUuid: maybe(text()),
    chassisUuid: text(),
    password: bounded(maybe(secret(255)), { emptyString: false }),
    vnc: bounded(maybe(flag()), { default: true }),
    unattended: bounded(maybe(flag()), { default: true }),
    cloneIso: bounded(maybe(flag()), { default: false }),
    cfgItems: bounded(map(), { nonEmpty: true }),
  },
});

export const deleteBaremetalHostCfg = deleteApi(baremetalHostCfg, { params: { uuid: text() } });
export const queryBaremetalHostCfg = queryApi(baremetalHostCfg, { rest: { method: 'GET', path: PATH } });

export const baremetalHostCfgApis = [createBaremetalHostCfg, deleteBaremetalHostCfg, queryBaremetalHostCfg];
