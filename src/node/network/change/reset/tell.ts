import { Fault } from '../../../../api/fault.ts';
import { say } from '../../../../api/words.ts';
import { reachableAddress } from '../../reachable.ts';
import type { Followers } from '../follow.ts';
import type { TellStep } from './step.ts';

export const tellStep = (link: string, held: string): TellStep => ({
  type: 'network.tell',
  link,
  words: say(
    `Tell the services of this node, which know it as ${held}, the address of ${link}`,
    `将 ${link} 的地址告知本节点的服务（目前为 ${held}）`,
  ),
});

/** As a whole or not at all. @throws what stood against it; the network is reset all the same. */
export async function tell(followers: Followers, { link }: TellStep): Promise<void> {
  const to = await reachableAddress(() => ({ managementNic: link }));
  const from = await followers.held();
  if (to === undefined || from === undefined || from === to) return;
  const { following } = await followers.plan({ from, to });
  if (following === undefined) return;
  try {
    await followers.apply(following);
  } catch (thrown) {
    await followers.undo(following).catch(() => {});
    throw thrown;
  }
  await followers.forget(following).catch(() => {});
}

export function notTold(cause: unknown): Fault {
  const { kind, words } = Fault.from(cause);
  const next = say(
    'the network is reset; the services still have the old address: F2, Set Management Network tells them',
    '网络已重置；服务仍使用旧地址：请用 F2“设置管理网络”更新',
  );
  return new Fault(kind, words, { next, cause });
}
