import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { pinnedHost } from '../../system/rabbitmq-name.ts';

/**
 * The broker can be reached only under a short name that resolves: this host's, or the one that it is pinned to.
 * Throws `conflict` otherwise.
 * @param settings folder of the broker's settings
 */
export async function checkHostname(settings?: string, own = hostname()): Promise<void> {
  const name = (await pinnedHost(settings)) ?? own;
  if (name.includes('.')) throw badName(say(`the hostname ${name} has a dot`, `主机名 ${name} 含有点号`));
  const found = await lookup(name).catch(() => undefined);
  if (found === undefined)
    throw badName(say(`the hostname ${name} does not resolve`, `主机名 ${name} 无法解析`));
}

const badName = (words: { en: string; zh: string }): Fault =>
  new Fault('conflict', words, {
    next: say('set a short one and have it in /etc/hosts', '请设置短主机名并写入 /etc/hosts'),
  });
