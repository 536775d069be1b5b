import { api } from '../../define/api.ts';
import { bounded, date, int, maybe, oneOf, ref, secret, text, uuid } from '../../define/fields.ts';
import { table } from '../../define/table.ts';

const PACKAGE = 'org.zstack.header.identity';
const INVENTORY = `${PACKAGE}.SessionInventory`;

/** Who is logged in. */
export const session = table(
  'session',
  {
    uuid: uuid(),
    accountUuid: ref('AccountVO'),
    /** The account's own uuid where it is not one of its users. */
    userUuid: maybe(uuid()),
    /** Of the account, for as long as the session lives. */
    accountType: bounded(maybe(oneOf(['SystemAdmin', 'Normal'])), { neverSent: true }),
    expiredDate: date(),
    createDate: date(),
  },
  { index: [['accountUuid'], ['userUuid'], ['expiredDate']] },
);

/** Wrong passwords, by account's name and the address that they came from. */
export const wrongLogIns = table(
  'wrong_log_in',
  { name: text(255), address: text(64), failures: int(), last: date() },
  { key: ['name', 'address'] },
);

export const logInByAccount = api({
  name: 'LogInByAccount',
  package: PACKAGE,
  reply: `${PACKAGE}.APILogInReply`,
  sync: true,
  session: false,
  rest: { method: 'PUT', path: '/accounts/login', isAction: true, parameterName: 'logInByAccount' },
  params: { accountName: text(), password: secret() },
  answers: { inventory: INVENTORY },
});

export const logInByUser = api({
  name: 'LogInByUser',
  package: PACKAGE,
  reply: `${PACKAGE}.APILogInReply`,
  sync: true,
  session: false,
  rest: { method: 'PUT', path: '/accounts/users/login', isAction: true, parameterName: 'logInByUser' },
  params: {
    accountUuid: maybe(text()),
    accountName: maybe(text()),
    userName: text(),
    password: secret(),
  },
  answers: { inventory: INVENTORY },
});

export const logOut = api({
  name: 'LogOut',
  package: PACKAGE,
  sync: true,
  session: false,
  rest: { method: 'DELETE', path: '/accounts/sessions/{sessionUuid}' },
  params: { sessionUuid: maybe(secret()) },
});

export const validateSession = api({
  name: 'ValidateSession',
  package: PACKAGE,
  sync: true,
  session: false,
  rest: {
    method: 'GET',
    path: '/accounts/sessions/{sessionUuid}/valid',
    result: { valid: 'validSession' },
  },
  params: { sessionUuid: secret() },
  answers: { validSession: undefined },
});

export const sessionApis = [logInByAccount, logInByUser, logOut, validateSession];
