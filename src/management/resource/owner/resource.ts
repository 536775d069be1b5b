import { api, queryApi } from '../../define/api.ts';
import { bounded, DATES, flag, maybe, ref, text, texts, uuid } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.identity';

/** Which account a resource belongs to. */
export const accountResourceRef = resource({
  name: 'AccountResourceRef',
  package: PACKAGE,
  path: '/accounts/resources/refs',
  table: 'account_resource_ref',
  key: ['resourceUuid'],
  fields: { accountUuid: uuid(), resourceUuid: uuid(), resourceType: text(64), ...DATES },
  owner: { column: 'accountUuid', is: 'account' },
  index: [['accountUuid']],
});

/** What an account lets another one, or all, use. */
export const sharedResource = resource({
  name: 'SharedResource',
  package: PACKAGE,
  path: '/accounts/resources',
  table: 'shared_resource',
  fields: {
    uuid: bounded(uuid(), { neverSent: true }),
    ownerAccountUuid: uuid(),
    /** Absent: all. */
    receiverAccountUuid: maybe(uuid()),
    toPublic: flag(),
    resourceType: text(64),
    resourceUuid: uuid(),
    ...DATES,
  },
  index: [['resourceUuid'], ['receiverAccountUuid']],
});

const actions = (parameterName: string) =>
  ({ method: 'PUT', path: '/accounts/resources/actions', isAction: true, parameterName }) as const;
const resourceUuids = bounded(texts(), { nonEmpty: true });
const receivers = {
  accountUuids: maybe(bounded(texts(), { resource: 'AccountVO' })),
  toPublic: bounded(maybe(flag()), { default: false }),
};

export const shareResource = api({
  name: 'ShareResource',
  package: PACKAGE,
  rest: actions('shareResource'),
  params: { resourceUuids: bounded(resourceUuids, { checkAccount: true, target: true }), ...receivers },
});

export const revokeResourceSharing = api({
  name: 'RevokeResourceSharing',
  package: PACKAGE,
  rest: actions('revokeResourceSharing'),
  params: { resourceUuids, ...receivers, all: bounded(maybe(flag()), { default: false }) },
});

export const changeResourceOwner = api({
  name: 'ChangeResourceOwner',
  package: PACKAGE,
  rest: { method: 'POST', path: '/account/{accountUuid}/resources', parameterName: 'params' },
  params: { accountUuid: ref('AccountVO'), resourceUuid: text() },
  answers: { inventory: inventoryOf(accountResourceRef) },
});

export const getResourceNames = api({
  name: 'GetResourceNames',
  package: 'org.zstack.header.vo',
  sync: true,
  rest: { method: 'GET', path: '/resources/names' },
  params: { uuids: bounded(texts(), { nonEmpty: true }) },
  answers: { inventories: 'org.zstack.header.vo.ResourceInventory' },
});

export const getResourceAccount = api({
  name: 'GetResourceAccount',
  package: PACKAGE,
  sync: true,
  rest: { method: 'GET', path: '/resources/accounts' },
  params: { resourceUuids },
  answers: { inventories: undefined },
});

const only = (of: typeof accountResourceRef | typeof sharedResource) =>
  queryApi(of, { rest: { method: 'GET', path: of.path } });

export const ownerApis = [
  only(accountResourceRef),
  only(sharedResource),
  shareResource,
  revokeResourceSharing,
  changeResourceOwner,
  getResourceNames,
  getResourceAccount,
];
