import { api, queryApi } from '../../define/api.ts';
import { bounded, ref, text, textsByName } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';
import { l3Network } from '../l3/resource.ts';

const PACKAGE = 'org.zstack.header.network.service';

/** Which services a network has. */
export const networkServiceL3NetworkRef = resource({
  name: 'NetworkServiceL3NetworkRef',
  package: PACKAGE,
  path: '/l3-networks/network-services/refs',
  table: 'network_service_l3_ref',
  key: ['l3NetworkUuid', 'networkServiceProviderUuid', 'networkServiceType'],
  owner: { column: 'l3NetworkUuid', is: 'resource' },
  fields: {
    l3NetworkUuid: ref('L3NetworkVO'),
    networkServiceProviderUuid: ref('NetworkServiceProviderVO'),
    networkServiceType: text(255),
  },
  related: {
    l3Network: { resource: 'L3Network', from: 'l3NetworkUuid', to: 'uuid' },
    serviceProvider: { resource: 'NetworkServiceProvider', from: 'networkServiceProviderUuid', to: 'uuid' },
  },
  goesWith: ['l3NetworkUuid'],
});

const attachment = {
  l3NetworkUuid: bounded(ref('L3NetworkVO'), { checkAccount: true, target: true }),
  networkServices: textsByName(),
};
const path = '/l3-networks/{l3NetworkUuid}/network-services';
const answers = { inventory: inventoryOf(l3Network) };

export const attachNetworkService = api({
  name: 'AttachNetworkServiceToL3Network',
  package: PACKAGE,
  rest: { method: 'POST', path, parameterName: 'params' },
  params: attachment,
  answers,
});

export const detachNetworkService = api({
  name: 'DetachNetworkServiceFromL3Network',
  package: PACKAGE,
  rest: { method: 'DELETE', path },
  params: attachment,
  answers,
});

export const networkServiceRefApis = [
  attachNetworkService,
  detachNetworkService,
  queryApi(networkServiceL3NetworkRef, { rest: { method: 'GET', path: networkServiceL3NetworkRef.path } }),
];
