import { api, createApi, deleteApi, queryApi } from '../../define/api.ts';
import { bounded, DATES, maybe, oneOf, ref, secret, text, uuid } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';

export const account = resource({
  name: 'Account',
  package: 'org.zstack.header.identity',
  path: '/accounts',
  table: 'account',
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    type: oneOf(['SystemAdmin', 'Normal'], 'AccountType'),
    /** Salted, slow hash of the SHA-512 that clients send. */
    password: bounded(text(255), { neverSent: true }),
    ...DATES,
  },
  unique: [['name']],
  owner: { column: 'uuid', is: 'account' },
  related: { user: { resource: 'User', from: 'uuid', to: 'accountUuid' } },
});

const { name, description, type } = account.fields;

export const createAccount = createApi(account, {
  kind: 'own',
  params: { name, password: secret(255), type: maybe(oneOf(type.values)), description },
});

export const deleteAccount = deleteApi(account, {
  kind: 'own',
  params: { uuid: bounded(ref(account.vo), { okIfGone: true }) },
});

export const updateAccount = api({
  name: 'UpdateAccount',
  package: account.package,
  rest: { method: 'PUT', path: '/accounts/{uuid}', isAction: true, parameterName: 'updateAccount' },
  answers: { inventory: inventoryOf(account) },
  params: {
    uuid: bounded(maybe(ref(account.vo)), { checkAccount: true, target: true }),
    password: maybe(secret(255)),
    name: maybe(name),
    description,
  },
});

export const accountApis = [createAccount, deleteAccount, updateAccount, queryApi(account)];
