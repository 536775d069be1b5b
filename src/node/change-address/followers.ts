import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { Properties, readPropertiesOrNone, writeProperties } from '../../system/properties.ts';
import { restartAs, type Service } from '../../system/service.ts';
import { copyAccounts, dropAccounts, usersOnlyFrom } from '../database/hosts.ts';
import type { Followers } from '../network/change/follow.ts';
import type { AddressMove, Following } from '../network/change/plan/management.ts';
import { versionOf } from '../network/change/schema/address.ts';
import { isHere } from '../network/here.ts';
import { databaseLogin, KEYS } from '../zstack/settings.ts';
import { movedSettings } from './plan/moved.ts';

export interface AddressParts {
  properties: string;
  /** Unix socket of this machine's database server. */
  databaseSocket: string;
  service: Service;
}

/** What knows the management address on a management node: the service's configuration and the database's accounts. */
export const addressFollowers = (parts: AddressParts): Followers => ({
  async held() {
    const held = (await readPropertiesOrNone(parts.properties)).get(KEYS.managementAddress) ?? '';
    return versionOf(held) === undefined ? undefined : held;
  },

  async plan(move) {
    const properties = await readPropertiesOrNone(parts.properties);
    const { before, after } = movedSettings(properties.entries(), move.from, move.to ?? move.from);
    const keys = Object.keys(before);
    if (move.to === undefined)
      return { words: say('', ''), warnings: keys.length === 0 ? [] : [stays(move, keys)] };
    const found = await databaseUsers(parts, properties, move.from, move.to);
    const warnings = [...found.warnings, unknown(move)];
    if (keys.length === 0 && found.users.length === 0) return { words: say('', ''), warnings };
    const following = { ...move, before, after, users: found.users };
    return { following, words: wordsOf(following), warnings };
  },

  async apply({ from, to, after, users }) {
    if (users.length > 0 && to !== undefined) await copyAccounts(parts.databaseSocket, users, { from, to });
    await configure(parts, after);
  },

  async undo({ to, before, after, users }) {
    const now = (await readPropertiesOrNone(parts.properties)).entries();
    const isChanged = now.some(([key, value]) => before[key] !== undefined && after[key] === value);
    if (isChanged) await configure(parts, before);
    // The old accounts were never touched: one more of them is no reason to call the way back failed.
    if (users.length > 0 && to !== undefined)
      await dropAccounts(parts.databaseSocket, users, to).catch(() => {});
  },

  async forget({ from, users }) {
    if (users.length > 0) await dropAccounts(parts.databaseSocket, users, from);
  },
});

async function configure(
  { properties, service }: AddressParts,
  settings: Record<string, string>,
): Promise<void> {
  const standing = await service.standing();
  const now = await readPropertiesOrNone(properties);
  await writeProperties(properties, Properties.parse(now.toString()).with(settings));
  await restartAs(service, standing);
}

/** Users that may log in from the old address, when the database is this machine's. */
async function databaseUsers(
  { databaseSocket }: AddressParts,
  properties: Properties,
  from: string,
  to: string,
): Promise<{ users: string[]; warnings: Words[] }> {
  const login = databaseLogin(properties);
  if (login === undefined) return { users: [], warnings: [] };
  if (!isHere(login.host)) return { users: [], warnings: [elsewhere(login.host, from)] };
  try {
    return { users: await usersOnlyFrom(databaseSocket, from, to), warnings: [] };
  } catch (thrown) {
    return { users: [], warnings: [silent(from, Fault.from(thrown).words)] };
  }
}

function wordsOf({ to, after, users }: Following): Words {
  const keys = Object.keys(after).join(', ');
  const accounts = users.map((user) => `${user}@${to}`).join(', ');
  const en = [
    ...(keys === '' ? [] : [`${keys} in zstack.properties`]),
    ...(users.length === 0 ? [] : [`database accounts ${accounts}`]),
  ];
  const zh = [
    ...(keys === '' ? [] : [`zstack.properties 的 ${keys}`]),
    ...(users.length === 0 ? [] : [`数据库账户 ${accounts}`]),
  ];
  return say(
    `Tell the services ${to}: ${en.join('; ')}; the management service is restarted if it runs`,
    `服务改用 ${to}：${zh.join('；')}；管理服务若在运行则重启`,
  );
}

const stays = ({ from }: AddressMove, keys: string[]): Words =>
  say(
    `A leased address is not followed: ${keys.join(', ')} in zstack.properties stays with ${from}.`,
    `不跟随自动获取的地址：zstack.properties 的 ${keys.join('、')} 仍为 ${from}。`,
  );

const unknown = ({ from, to }: AddressMove): Words =>
  say(
    `Not told by this version: nodes that joined this one at ${from}, certificates, DNS. Set them to ${to} yourself.`,
    `此版本不会通知：以 ${from} 加入的节点、证书、DNS。请自行改为 ${to}。`,
  );

const elsewhere = (host: string, from: string): Words =>
  say(
    `The database is on ${host}: accounts that may come from ${from} only have to be changed there.`,
    `数据库在 ${host} 上：仅允许来自 ${from} 的账户须在那里修改。`,
  );

const silent = (from: string, why: Words): Words =>
  say(
    `Database accounts for ${from} could not be looked for: ${why.en}`,
    `无法查找来自 ${from} 的数据库账户：${why.zh}`,
  );
