import { createApi, deleteApi, queryApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, maybe, ref, secret, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';

/** Somebody who works with an account's resources, and owns none. */
export const user = resource({
  name: 'User',
  package: 'org.zstack.header.identity',
  path: '/accounts/users',
  table: 'user',
  fields: {
    uuid: uuid(),
    accountUuid: ref('AccountVO'),
    name: text(255),
    description: maybe(text(2048)),
    /** Salted, slow hash of the SHA-512 that clients send. */
    password: bounded(text(255), { neverSent: true }),
    ...DATES,
  },
  unique: [['accountUuid', 'name']],
  owner: { column: 'accountUuid', is: 'account' },
  goesWith: ['accountUuid'],
  related: { account: { resource: 'Account', from: 'accountUuid', to: 'uuid' } },
});

const { name, description } = user.fields;
const itself = bounded(ref(user.vo), { checkAccount: true, target: true });

export const createUser = createApi(user, {
  kind: 'own',
  params: { name, password: secret(255), description },
});

export const updateUser = updateApi(user, {
  kind: 'own',
  ofOneself: true,
  rest: { method: 'PUT', path: '/accounts/users/actions', isAction: true, parameterName: 'updateUser' },
  params: { uuid: maybe(itself), password: maybe(secret(255)), name: maybe(name), description },
});

export const deleteUser = deleteApi(user, {
  kind: 'own',
  params: { uuid: bounded(itself, { okIfGone: true }) },
});

export const userApis = [createUser, updateUser, deleteUser, queryApi(user)];
