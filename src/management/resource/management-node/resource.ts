import { api, queryApi } from '../../define/api.ts';
import { date, maybe, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.managementnode';

/** A management service that runs: its row lives as long as it does. */
export const managementNode = resource({
  name: 'ManagementNode',
  package: PACKAGE,
  path: '/management-nodes',
  table: 'management_node',
  fields: { uuid: uuid(), hostName: text(255), joinDate: date(), heartBeat: date() },
});

const actions = (parameterName: string) =>
  ({ method: 'PUT', path: '/management-nodes/actions', isAction: true, parameterName }) as const;

export const getVersion = api({
  name: 'GetVersion',
  package: PACKAGE,
  sync: true,
  session: false,
  rest: actions('getVersion'),
  params: {},
  answers: { version: undefined },
});

export const getCurrentTime = api({
  name: 'GetCurrentTime',
  package: PACKAGE,
  sync: true,
  session: false,
  rest: actions('getCurrentTime'),
  params: {},
  answers: { currentTime: undefined },
});

/** What scripts ask until the service is up. */
export const isReadyToGo = api({
  name: 'IsReadyToGo',
  package: 'org.zstack.header.apimediator',
  sync: true,
  session: false,
  rest: { method: 'GET', path: '/management-nodes/ready', result: {} },
  params: { managementNodeId: maybe(text()) },
  answers: { managementNodeId: undefined },
});

/** Whether its source is open. */
export const isOpensourceVersion = api({
  name: 'IsOpensourceVersion',
  package: 'org.zstack.header',
  sync: true,
  session: false,
  rest: { method: 'GET', path: '/meta-data/opensource' },
  params: {},
  answers: { opensource: undefined },
});

export const managementNodeApis = [
  queryApi(managementNode),
  getVersion,
  getCurrentTime,
  isReadyToGo,
  isOpensourceVersion,
];
