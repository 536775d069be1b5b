import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { resetNode } from '../../src/node/reset/schema.ts';
import { phrase } from '../../src/tui/phrase.ts';
import { progress } from '../../src/tui/progress.ts';
import type { Context } from '../context.ts';

const RESET = reference<typeof resetNode>('reset.node');
const PHRASE = 'reset zstack';

/** On nodes that serve a management node: a clean node again, once it has left its cluster and no VM is here any more. */
export const openNodeReset = (context: Context, title: Words): void =>
  context.stage.open(
    phrase({
      title,
      danger: true,
      lines: [
        say(
          'Extremely dangerous. VMs must be gone, and this node must have left its cluster (Join Cluster): it is a clean one then. Storage and networks stay as they are.',
          '极其危险。本节点将恢复为干净节点；须先退出集群（加入集群）并移走云主机。存储与网络保持不变。',
        ),
      ],
      phrase: PHRASE,
      yes: (why) => void carryOut(context, title, why),
    }),
  );

async function carryOut(context: Context, title: Words, why: string): Promise<void> {
  const window = progress({ title, danger: true });
  context.stage.open(window.page);
  try {
    const { left } = await context
      .controller()
      .call(
        RESET,
        { phrase: PHRASE, why },
        { onProgress: ({ words, fraction }) => window.step(words, fraction) },
      );
    if (left !== undefined) {
      window.line(say(`It belonged to ${left}.`, `原属于 ${left}。`));
      window.line(
        say('The controller forgets it when it is started again.', '控制器在下次启动后不再使用该设置。'),
      );
    }
    window.done(
      left === undefined
        ? say('This node is in no cluster: it is a clean one.', '本节点未加入集群，已是干净节点。')
        : say('This node has left the cluster.', '本节点已退出集群。'),
    );
  } catch (thrown) {
    window.failed(Fault.from(thrown));
  }
}
