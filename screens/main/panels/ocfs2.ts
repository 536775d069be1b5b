import { say } from '../../../src/api/words.ts';
import { type Block, fill } from '../block.ts';
import { figure } from '../figures.ts';
import { labelled } from '../labelled.ts';

/** The shared volumes of a storage node: cluster stack, heartbeat, what is mounted, and who else is there. */
export const ocfs2Block: Block = {
  title: say('OCFS2', 'OCFS2'),
  least: () => 4,
  most: () => 4,
  wraps: true,
  draw(model, room, look) {
    const fact = model.facts.ocfs2;
    const volumes = figure(fact?.volumes, look, (list) =>
      list.length === 0
        ? look.say(say('none mounted', '没有挂载'))
        : list.map((volume) => `${volume.mountPoint} (${volume.device})`).join(' '),
    );
    const rows = [
      labelled(
        say('Stack', '协议栈'),
        figure(fact?.clusterStack, look, (text) => text),
        look,
      ),
      labelled(
        say('Heartbt', '心跳'),
        figure(fact?.heartbeat, look, (text) => text),
        look,
      ),
      labelled(say('Volumes', '共享卷'), volumes, look),
      labelled(
        say('Peers', '对端'),
        figure(fact?.peers, look, (peers) =>
          peers.length === 0 ? look.say(say('none seen', '未发现')) : peers.join(' '),
        ),
        look,
      ),
    ];
    return fill(rows, room);
  },
};
