import { api, createApi, deleteApi, queryApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, flag, int, long, maybe, ref, text, texts, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.network.l3';

/** Addresses of a network that VMs get, both ends included. */
export const ipRange = resource({
  name: 'IpRange',
  package: PACKAGE,
  path: '/l3-networks/ip-ranges',
  table: 'ip_range',
  owner: { column: 'l3NetworkUuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    l3NetworkUuid: ref('L3NetworkVO'),
    name: text(255),
    description: maybe(text(2048)),
    startIp: text(64),
    endIp: text(64),
    netmask: text(64),
    gateway: text(64),
    networkCidr: text(64),
    ...DATES,
  },
  related: { l3Network: { resource: 'L3Network', from: 'l3NetworkUuid', to: 'uuid' } },
  goesWith: ['l3NetworkUuid'],
  index: [['l3NetworkUuid']],
});

/** An address that somebody has. */
export const usedIp = resource({
  name: 'UsedIp',
  package: PACKAGE,
  path: '',
  table: 'used_ip',
  owner: { column: 'l3NetworkUuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    ipRangeUuid: ref('IpRangeVO'),
    l3NetworkUuid: ref('L3NetworkVO'),
    ip: text(64),
    netmask: text(64),
    gateway: text(64),
    /** What has it, where that is no NIC. */
    usedFor: maybe(text(64)),
    /** The address as a number. */
    ipInLong: long(),
    ...DATES,
    /** The NIC that has it. */
    vmNicUuid: bounded(maybe(ref('VmNicVO')), { neverSent: true }),
  },
  goesWith: ['ipRangeUuid', 'l3NetworkUuid', 'vmNicUuid'],
  unique: [['l3NetworkUuid', 'ip']],
  index: [['ipRangeUuid', 'ipInLong'], ['vmNicUuid']],
});

const { name, description } = ipRange.fields;
const own = { checkAccount: true, target: true } as const;
const l3NetworkUuid = bounded(ref('L3NetworkVO'), own);
const itself = bounded(ref(ipRange.vo), own);
const params = { l3NetworkUuid, name, description };
const path = '/l3-networks/{l3NetworkUuid}/ip-ranges';

export const addIpRange = createApi(ipRange, {
  name: 'AddIpRange',
  rest: { method: 'POST', path, parameterName: 'params' },
  params: { ...params, startIp: text(), endIp: text(), netmask: text(), gateway: text() },
});

export const addIpRangeByNetworkCidr = createApi(ipRange, {
  name: 'AddIpRangeByNetworkCidr',
  rest: { method: 'POST', path: `${path}/by-cidr`, parameterName: 'params' },
  params: { ...params, networkCidr: text() },
});

const readable = { checkAccount: true } as const;

export const getFreeIp = api({
  name: 'GetFreeIp',
  package: PACKAGE,
  sync: true,
  rest: {
    method: 'GET',
    path: '',
    optionalPaths: ['/l3-networks/{l3NetworkUuid}/ip/free', '/l3-networks/ip-ranges/{ipRangeUuid}/ip/free'],
  },
  params: {
    l3NetworkUuid: bounded(maybe(ref('L3NetworkVO')), readable),
    ipRangeUuid: bounded(maybe(ref(ipRange.vo)), readable),
    start: bounded(maybe(text()), { default: '0.0.0.0' }),
    limit: bounded(maybe(int()), { default: 100 }),
  },
  answers: { inventories: `${PACKAGE}.FreeIpInventory` },
});

export const checkIpAvailability = api({
  name: 'CheckIpAvailability',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/l3-networks/{l3NetworkUuid}/ip/{ip}/availability' },
  params: { l3NetworkUuid: bounded(ref('L3NetworkVO'), readable), ip: text(255) },
  answers: { available: undefined },
});

const many = (vo: string) => bounded(maybe(texts()), { resource: vo });

export const getIpAddressCapacity = api({
  name: 'GetIpAddressCapacity',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/ip-capacity' },
  params: {
    zoneUuids: many('ZoneVO'),
    l3NetworkUuids: bounded(many('L3NetworkVO'), readable),
    ipRangeUuids: bounded(many('IpRangeVO'), readable),
    all: bounded(maybe(flag()), { default: false }),
  },
  answers: { totalCapacity: undefined, availableCapacity: undefined },
});

export const updateIpRange = updateApi(ipRange, {
  params: {
    uuid: itself,
    name: maybe(name),
    description,
    l3NetworkUuid: bounded(maybe(text()), { hidden: true }),
  },
});

export const ipRangeApis = [
  addIpRange,
  addIpRangeByNetworkCidr,
  updateIpRange,
  deleteApi(ipRange, {
    params: {
      uuid: bounded(itself, { okIfGone: true }),
      l3NetworkUuid: bounded(maybe(text()), { hidden: true }),
    },
  }),
  getFreeIp,
  checkIpAvailability,
  getIpAddressCapacity,
  queryApi(ipRange),
];
