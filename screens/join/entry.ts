import { Fault } from '../../src/api/fault.ts';
import { say } from '../../src/api/words.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../menu/entry.ts';
import { clusterValue } from '../menu/values.ts';
import { openHosts } from './hosts.ts';
import { LABEL } from './label.ts';
import { openJoin, openJoined } from './node.ts';

/** Hosts and tokens of this cluster on a management node; on others: join, or leave. */
export const joinEntry: Entry = {
  label: LABEL,
  help: [
    say(
      'Join tokens and hosts of this cluster; on other nodes: join or leave.',
      '本集群的加入令牌与主机；其他节点上：加入或退出。',
    ),
  ],
  value: clusterValue,
  open: async (context) => {
    try {
      if (context.role() === 'management') await openHosts(context);
      else if (isJoined(context)) openJoined(context);
      else openJoin(context);
    } catch (thrown) {
      context.stage.open(faultMessage(Fault.from(thrown), LABEL));
    }
  },
};

const isJoined = ({ model }: Context): boolean => model.facts.cluster?.joined === true;
