import { api, createApi, deleteApi, queryApi, stateApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, flag, int, maybe, oneOf, ref, text, uuid } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';
import { ENABLED } from '../../define/states.ts';

const PACKAGE = 'org.zstack.header.network.l3';

export const BASIC = 'L3BasicNetwork';
const CATEGORIES = ['Public', 'Private', 'System'] as const;

/** Addresses on a broadcast domain, with name servers and services. */
export const l3Network = resource({
  name: 'L3Network',
  package: PACKAGE,
  path: '/l3-networks',
  table: 'l3_network',
  owner: { column: 'uuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    type: bounded(text(255), { default: BASIC }),
    zoneUuid: ref('ZoneVO'),
    l2NetworkUuid: ref('L2NetworkVO'),
    state: oneOf(ENABLED.states, 'L3NetworkState'),
    dnsDomain: maybe(text(255)),
    system: flag(),
    category: oneOf(CATEGORIES, 'L3NetworkCategory'),
    /** Bytes; none: as the settings have it for its kind. */
    mtu: bounded(maybe(int()), { neverSent: true }),
    ...DATES,
  },
  joined: {
    dns: { resource: 'L3NetworkDns', by: 'l3NetworkUuid', column: 'dns' },
    ipRanges: { resource: 'IpRange', by: 'l3NetworkUuid' },
    networkServices: { resource: 'NetworkServiceL3NetworkRef', by: 'l3NetworkUuid' },
  },
  related: {
    zone: { resource: 'Zone', from: 'zoneUuid', to: 'uuid' },
    l2Network: { resource: 'L2Network', from: 'l2NetworkUuid', to: 'uuid' },
    vmNic: { resource: 'VmNic', from: 'uuid', to: 'l3NetworkUuid' },
    serviceProviderRef: {
      resource: 'NetworkServiceL3NetworkRef',
      from: 'uuid',
      to: 'l3NetworkUuid',
      hidden: true,
    },
  },
  aliases: { serviceProvider: 'serviceProviderRef.serviceProvider' },
  goesWith: ['l2NetworkUuid', 'zoneUuid'],
  states: ENABLED,
  index: [['l2NetworkUuid']],
});

/** Name servers that DHCP tells, in the order in which they were added. */
export const l3NetworkDns = resource({
  name: 'L3NetworkDns',
  package: PACKAGE,
  path: '',
  table: 'l3_network_dns',
  key: ['l3NetworkUuid', 'dns'],
  owner: { column: 'l3NetworkUuid', is: 'resource' },
  fields: { l3NetworkUuid: ref('L3NetworkVO'), dns: text(255), ...DATES },
  goesWith: ['l3NetworkUuid'],
});

const { name, description } = l3Network.fields;
const own = { checkAccount: true, target: true } as const;
const one = bounded(ref(l3Network.vo), own);
const answers = { inventory: inventoryOf(l3Network) };

export const createL3Network = createApi(l3Network, {
  params: {
    name,
    description,
    type: bounded(maybe(text()), { default: BASIC }),
    l2NetworkUuid: ref('L2NetworkVO'),
    category: bounded(maybe(oneOf(CATEGORIES)), { default: 'Private' }),
    system: bounded(maybe(flag()), { default: false }),
    dnsDomain: maybe(text()),
  },
});

export const addDns = api({
  name: 'AddDnsToL3Network',
  package: PACKAGE,
  rest: { method: 'POST', path: '/l3-networks/{l3NetworkUuid}/dns', parameterName: 'params' },
  params: { l3NetworkUuid: one, dns: text() },
  answers,
});

export const removeDns = api({
  name: 'RemoveDnsFromL3Network',
  package: PACKAGE,
  rest: { method: 'DELETE', path: '/l3-networks/{l3NetworkUuid}/dns/{dns}' },
  params: { l3NetworkUuid: one, dns: text() },
  answers,
});

export const getL3NetworkTypes = api({
  name: 'GetL3NetworkTypes',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/l3-networks/types', result: { types: 'l3NetworkTypes' } },
  params: {},
  answers: { l3NetworkTypes: undefined },
});

const mtuPath = '/l3-networks/{l3NetworkUuid}/mtu';

export const setL3NetworkMtu = api({
  name: 'SetL3NetworkMtu',
  package: PACKAGE,
  rest: { method: 'POST', path: mtuPath, parameterName: 'params' },
  params: { l3NetworkUuid: one, mtu: int(68, 9216) },
});

export const getL3NetworkMtu = api({
  name: 'GetL3NetworkMtu',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: mtuPath },
  params: { l3NetworkUuid: one },
  answers: { mtu: undefined },
});

export const l3Apis = [
  createL3Network,
  updateApi(l3Network, {
    params: {
      uuid: one,
      name: maybe(name),
      description,
      category: maybe(oneOf(CATEGORIES)),
      system: maybe(flag()),
    },
  }),
  stateApi(l3Network, { params: { uuid: one } }),
  deleteApi(l3Network, { params: { uuid: bounded(text(), own) } }),
  addDns,
  removeDns,
  getL3NetworkTypes,
  setL3NetworkMtu,
  getL3NetworkMtu,
  queryApi(l3Network),
];
