import { issueWords } from '../../../api/issue-words.ts';
import type { Secret } from '../../../api/secret-text.ts';
import { say } from '../../../api/words.ts';
import { wanted } from '../../../node/bare-metal/schema/install.ts';
import { create } from '../../calls/change.ts';
import { type Doing, newUuid, serves } from '../../calls/doing.ts';
import { inventory } from '../../calls/inventory.ts';
import { badField, notYet, Refusal } from '../../define/refusal.ts';
import { keepSealed } from '../../secrets/kept.ts';
import { chassisRow } from '../baremetal-chassis/rows.ts';
import { cfgItemsIn } from './cfg-items.ts';
import { baremetalHostCfg, createBaremetalHostCfg } from './resource.ts';
import { cfgOfChassis, hostCfgRow, ROOT_PASSWORD, writeNetwork } from './rows.ts';
import { siteOf } from './site.ts';

/** Throws `usage`: no password is there by itself, one that everybody knows least of all. */
function checkPassword(password: Secret | undefined): Secret {
  if (password === undefined)
    throw badField('password', say('is needed: the one of root', '必填：root 的密码'));
  // As the text that its node is told.
  const issue = wanted.rootPassword.safeParse(password.reveal()).error?.issues[0];
  if (issue !== undefined) throw badField('password', issueWords(issue));
  return password;
}

async function checkNone({ database }: Doing, chassis: string): Promise<void> {
  const other = await cfgOfChassis(database, chassis);
  if (other === undefined) return;
  const words = say(`the chassis has one already: ${other.uuid}`, `该机箱已有主机配置：${other.uuid}`);
  throw new Refusal('SYS.1006', 'conflict', words, {
    next: say('DeleteBaremetalHostCfg first', '请先执行 DeleteBaremetalHostCfg'),
  });
}

/** What a machine is to become; it is asked for by ProvisionBaremetalHost. */
export const createHostCfgCall = serves(createBaremetalHostCfg, async (on, params) => {
  const { database, catalogue, now } = on;
  const { chassisUuid, resourceUuid: uuid = newUuid(), vnc = true, unattended = true } = params;
  await chassisRow(database, chassisUuid);
  // Nothing of the medium is copied onto the machine: it comes from the PXE server while it is installed.
  if (params.cloneIso === true) throw notYet('CreateBaremetalHostCfg cloneIso');
  const password = checkPassword(params.password);
  const { firmware, ...network } = cfgItemsIn(params.cfgItems);
  siteOf(network);
  await checkNone(on, chassisUuid);
  const row = { chassisUuid, vnc, unattended, cloneIso: false, firmware, resourceUuid: uuid };
  await create(baremetalHostCfg)(on, { ...params, ...row });
  await writeNetwork(database, uuid, network, now);
  await keepSealed(database, chassisUuid, ROOT_PASSWORD, catalogue.vault.seal(password, chassisUuid));
  return { inventory: await inventory(on, baremetalHostCfg, await hostCfgRow(database, uuid)) };
});
