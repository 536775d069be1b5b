import { api, queryApi } from '../../define/api.ts';
import { bounded, DATES, maybe, oneOf, ref, text, uuid } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';

const password = text(255);

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
    password: bounded(password, { neverSent: true }),
    ...DATES,
  },
  unique: [['name']],
});

export const updateAccount = api({
  name: 'UpdateAccount',
  package: account.package,
  rest: { method: 'PUT', path: '/accounts/{uuid}', isAction: true, parameterName: 'updateAccount' },
  answers: { inventory: inventoryOf(account) },
  params: {
    uuid: bounded(maybe(ref(account.vo)), { checkAccount: true, target: true }),
    password: maybe(password),
    name: maybe(account.fields.name),
    description: account.fields.description,
  },
});

export const accountApis = [updateAccount, queryApi(account)];
