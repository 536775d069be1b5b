import { api, queryApi } from '../../define/api.ts';
import { bounded, DATES, maybe, oneOf, ref, text, texts, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.console';

/** The console proxy of a management service; it has that one's uuid, and its row lives as long. */
export const consoleProxyAgent = resource({
  name: 'ConsoleProxyAgent',
  package: PACKAGE,
  path: '/consoles/agents',
  table: 'console_proxy_agent',
  fields: {
    uuid: uuid(),
    description: maybe(text(2048)),
    managementIp: text(255),
    /** Where browsers reach it, when that is not the management address. */
    consoleProxyOverriddenIp: maybe(text(255)),
    type: text(255),
    status: oneOf(['Connected', 'Connecting', 'Disconnected'], 'ConsoleProxyAgentStatus'),
    state: oneOf(['Enabled', 'Disabled'], 'ConsoleProxyAgentState'),
    ...DATES,
  },
});

export const reconnectConsoleProxyAgent = api({
  name: 'ReconnectConsoleProxyAgent',
  package: PACKAGE,
  rest: {
    method: 'PUT',
    path: '/consoles/agents',
    isAction: true,
    parameterName: 'reconnectConsoleProxyAgent',
  },
  params: { agentUuids: bounded(maybe(texts()), { nonEmpty: true }) },
  answers: { inventory: undefined },
});

export const requestConsoleAccess = api({
  name: 'RequestConsoleAccess',
  package: PACKAGE,
  rest: { method: 'POST', path: '/consoles', parameterName: 'params' },
  params: { vmInstanceUuid: bounded(ref('VmInstanceVO'), { checkAccount: true, target: true }) },
  answers: { inventory: `${PACKAGE}.ConsoleInventory` },
});

export const consoleApis = [requestConsoleAccess, reconnectConsoleProxyAgent, queryApi(consoleProxyAgent)];
