import { api, queryApi } from '../../define/api.ts';
import { bounded, DATES, flag, maybe, oneOf, ref, text, uuid } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.tag';

const fields = {
  uuid: uuid(),
  resourceUuid: uuid(),
  resourceType: text(64),
  tag: text(2048),
  type: oneOf(['System', 'User'], 'TagType'),
  ...DATES,
};

/** What the system reads of a resource beside its fields, in patterns that it knows. */
export const systemTag = resource({
  name: 'SystemTag',
  package: PACKAGE,
  path: '/system-tags',
  table: 'system_tag',
  owner: { column: 'resourceUuid', is: 'resource' },
  fields: { ...fields, inherent: flag() },
  index: [['resourceUuid']],
});

/** What people write on a resource for themselves. */
export const userTag = resource({
  name: 'UserTag',
  package: PACKAGE,
  path: '/user-tags',
  table: 'user_tag',
  owner: { column: 'resourceUuid', is: 'resource' },
  fields,
  index: [['resourceUuid']],
});

const params = {
  resourceType: text(),
  resourceUuid: bounded(text(), { checkAccount: true }),
  tag: text(),
};

export const createSystemTag = api({
  name: 'CreateSystemTag',
  package: PACKAGE,
  rest: { method: 'POST', path: '/system-tags', parameterName: 'params' },
  params,
  answers: { inventory: inventoryOf(systemTag) },
});

export const createUserTag = api({
  name: 'CreateUserTag',
  package: PACKAGE,
  rest: { method: 'POST', path: '/user-tags', parameterName: 'params' },
  params,
  answers: { inventory: inventoryOf(userTag) },
});

export const updateSystemTag = api({
  name: 'UpdateSystemTag',
  package: PACKAGE,
  rest: {
    method: 'PUT',
    path: '/system-tags/{uuid}/actions',
    isAction: true,
    parameterName: 'updateSystemTag',
  },
  params: { uuid: bounded(ref(systemTag.vo), { checkAccount: true, target: true }), tag: text() },
  answers: { inventory: inventoryOf(systemTag) },
});

export const deleteTag = api({
  name: 'DeleteTag',
  package: PACKAGE,
  rest: { method: 'DELETE', path: '/tags/{uuid}' },
  params: {
    deleteMode: bounded(maybe(text()), { default: 'Permissive' }),
    uuid: bounded(text(), { checkAccount: true, target: true }),
  },
});

export const tagApis = [
  createSystemTag,
  createUserTag,
  updateSystemTag,
  deleteTag,
  queryApi(systemTag),
  queryApi(userTag),
];
