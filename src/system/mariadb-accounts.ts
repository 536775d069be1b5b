import { createHash } from 'node:crypto';
import { Fault } from '../api/fault.ts';
import type { Secret } from '../api/secret-text.ts';
import { say } from '../api/words.ts';
import type { Database } from './mariadb.ts';

/** One way into an account, as the server keeps it: a hash, never the password. */
export interface Method {
  plugin: string;
  /** Empty for plugins that need none. */
  hash: string;
}

/** An account is a user on one host; its methods are tried in their order. */
export interface Account {
  user: string;
  host: string;
  methods: Method[];
}

const NATIVE = 'mysql_native_password';
const SOCKET = 'unix_socket';
/** Plugins whose hash is that of a password. */
const BY_PASSWORD = new Set([NATIVE, 'mysql_old_password', 'ed25519', 'parsec', 'caching_sha2_password']);

/** Every host row of a user. Throws `notFound` when there is none. Needs the right to read `mysql`. */
export async function accountsOf(database: Database, user: string): Promise<Account[]> {
  const rows = await database.query('SELECT Host, Priv FROM mysql.global_priv WHERE User = ? ORDER BY Host', [
    user,
  ]);
  const accounts = rows.map(({ Host, Priv }) => ({
    user,
    host: String(Host),
    methods: methodsOf(String(Priv)),
  }));
  if (accounts.length > 0) return accounts;
  throw new Fault('notFound', say(`MySQL has no user ${user}`, `MySQL 没有用户 ${user}`));
}

interface Priv {
  plugin?: string;
  authentication_string?: string;
  /** The empty one among them stands for the account's own plugin. */
  auth_or?: Priv[];
}

function methodsOf(text: string): Method[] {
  const priv = JSON.parse(text) as Priv;
  const own = { plugin: priv.plugin ?? NATIVE, hash: priv.authentication_string ?? '' };
  return (priv.auth_or ?? [{}]).map(({ plugin, authentication_string: hash = '' }) =>
    plugin === undefined ? own : { plugin, hash },
  );
}

/** Sets the ways into an account, all at once; sessions that are open go on. */
export async function setMethods(database: Database, { user, host, methods }: Account): Promise<void> {
  if (methods.length === 0) throw new Error('an account without a way in');
  const clauses = methods.map(({ plugin, hash }) => {
    if (!/^\w+$/.test(plugin)) throw new Error(`no plugin is called ${plugin}`);
    return hash === '' && plugin !== NATIVE ? plugin : `${plugin} USING ${quoted(hash)}`;
  });
  await database.query(`ALTER USER ?@? IDENTIFIED VIA ${clauses.join(' OR ')}`, [user, host]);
}

/** Hashes hold no quote or backslash; anything else is not one. */
function quoted(hash: string): string {
  if (/['\\]/.test(hash)) throw new Error('a hash with a quote in it');
  return `'${hash}'`;
}

/** What the server stores for a password, so that the password itself is in no statement and no log of the server. */
export function nativeHash(password: Secret): string {
  const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest();
  return `*${sha1(sha1(password.reveal())).toString('hex').toUpperCase()}`;
}

/** Whether some password opens the account. What the packages set up where there is none is `invalid`, or nothing. */
export const hasPassword = (methods: readonly Method[]): boolean =>
  methods.some(({ plugin, hash }) => BY_PASSWORD.has(plugin) && hash !== '' && hash !== 'invalid');

/** Old passwords and the new one, all of them good. */
export const withBoth = (methods: readonly Method[], hash: string): Method[] => [
  ...methods,
  { plugin: NATIVE, hash },
];

/** The new password instead of the old ones; ways in that are no passwords stay. */
export const withOnly = (methods: readonly Method[], hash: string): Method[] => [
  { plugin: NATIVE, hash },
  ...methods.filter(({ plugin }) => !BY_PASSWORD.has(plugin)),
];

/** The same with the unix socket as a way in for the system's own root: the lifeline of every later change. */
export const withSocket = (methods: readonly Method[]): Method[] =>
  methods.some(({ plugin }) => plugin === SOCKET) ? [...methods] : [...methods, { plugin: SOCKET, hash: '' }];

export const sameMethods = (one: readonly Method[], other: readonly Method[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
