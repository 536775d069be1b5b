import { api, deleteApi, queryApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, maybe, text, uuid } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.baremetal.pxeserver';
const PATH = '/baremetal/pxeserver';

/** What machines are installed from over the network: DHCP, TFTP and HTTP on a NIC of a management node. */
export const baremetalPxeServer = resource({
  name: 'BaremetalPxeServer',
  package: PACKAGE,
  path: PATH,
  table: 'baremetal_pxe_server',
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    dhcpInterface: text(128),
    dhcpRangeBegin: maybe(text(32)),
    dhcpRangeEnd: maybe(text(32)),
    dhcpRangeNetmask: maybe(text(32)),
    status: text(32),
    ...DATES,
    /** Of the management node whose NIC it is. */
    hostUuid: bounded(uuid(), { neverSent: true }),
  },
});

/** What its node says of it; `Unknown` where that has no link. */
export type PxeStatus = 'Running' | 'Stopped' | 'Unknown';

const { description } = baremetalPxeServer.fields;
const name = bounded(text(255), { emptyString: false });
const range = {
  dhcpRangeBegin: maybe(text()),
  dhcpRangeEnd: maybe(text()),
  dhcpRangeNetmask: maybe(text()),
};
/** Clients know its uuid as a text. */
const itself = { uuid: text() };

/** Clients cannot choose its uuid. */
export const createBaremetalPxeServer = api({
  name: 'CreateBaremetalPxeServer',
  package: PACKAGE,
  kind: 'create',
  resource: baremetalPxeServer,
  rest: { method: 'POST', path: PATH, parameterName: 'params' },
  params: {
    name,
    description,
    dhcpInterface: bounded(text(128), { emptyString: false }),
    ...range,
  },
  answers: { inventory: inventoryOf(baremetalPxeServer) },
});

export const updateBaremetalPxeServer = updateApi(baremetalPxeServer, {
  params: { ...itself, name: maybe(name), description, ...range },
});

const action = (verb: 'Start' | 'Stop') =>
  api({
    name: `${verb}BaremetalPxeServer`,
    package: PACKAGE,
    rest: {
      method: 'PUT',
      path: `${PATH}/{uuid}/actions`,
      isAction: true,
      parameterName: `${verb.toLowerCase()}BaremetalPxeServer`,
    },
    params: itself,
  });

export const startBaremetalPxeServer = action('Start');
export const stopBaremetalPxeServer = action('Stop');
export const deleteBaremetalPxeServer = deleteApi(baremetalPxeServer, { params: itself });

export const queryBaremetalPxeServer = queryApi(baremetalPxeServer, {
  rest: { method: 'GET', path: PATH },
});

export const baremetalPxeServerApis = [
  createBaremetalPxeServer,
  updateBaremetalPxeServer,
  startBaremetalPxeServer,
  stopBaremetalPxeServer,
  deleteBaremetalPxeServer,
  queryBaremetalPxeServer,
];
