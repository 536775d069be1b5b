import { api, queryApi } from '../../define/api.ts';
import { DATES, maybe, ref, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.network.service';

/** What serves networks; this version has one, which works on the hosts themselves. */
export const networkServiceProvider = resource({
  name: 'NetworkServiceProvider',
  package: PACKAGE,
  path: '/network-services/providers',
  table: 'network_service_provider',
  fields: { uuid: uuid(), name: text(255), description: maybe(text(2048)), type: text(255), ...DATES },
  joined: {
    networkServiceTypes: { resource: 'NetworkServiceType', by: 'networkServiceProviderUuid', column: 'type' },
    attachedL2NetworkUuids: {
      ...{ resource: 'NetworkServiceProviderL2NetworkRef', by: 'networkServiceProviderUuid' },
      column: 'l2NetworkUuid',
    },
  },
  unique: [['type']],
});

const provider = ref('NetworkServiceProviderVO');

export const networkServiceType = resource({
  name: 'NetworkServiceType',
  package: PACKAGE,
  path: '',
  table: 'network_service_type',
  key: ['networkServiceProviderUuid', 'type'],
  fields: { networkServiceProviderUuid: provider, type: text(255) },
});

export const networkServiceProviderL2NetworkRef = resource({
  name: 'NetworkServiceProviderL2NetworkRef',
  package: PACKAGE,
  path: '',
  table: 'network_service_provider_l2_ref',
  key: ['networkServiceProviderUuid', 'l2NetworkUuid'],
  fields: { networkServiceProviderUuid: provider, l2NetworkUuid: ref('L2NetworkVO') },
  goesWith: ['l2NetworkUuid'],
});

export const getNetworkServiceTypes = api({
  name: 'GetNetworkServiceTypes',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/network-services/types', result: { types: 'serviceAndProviderTypes' } },
  params: {},
  answers: { serviceAndProviderTypes: undefined },
});

export const networkServiceApis = [
  getNetworkServiceTypes,
  queryApi(networkServiceProvider, { rest: { method: 'GET', path: networkServiceProvider.path } }),
];
