import { say } from '../../../src/api/words.ts';
import { span } from '../../../src/tui/text.ts';
import { type Block, fill } from '../block.ts';
import { figure } from '../figures.ts';
import { labelled } from '../labelled.ts';

/** HOST INFO and VM INFO of the whole cluster, as the management service counts them. */
export const clusterBlock: Block = {
  title: say('CLUSTER', '集群'),
  least: () => 2,
  most: () => 2,
  wraps: true,
  draw(model, room, look) {
    const management = model.facts.management;
    const hosts = figure(management?.hosts, look, (count) => {
      const words = say(
        `${count.total}  enabled ${count.enabled}  connected ${count.connected}`,
        `${count.total}  启用 ${count.enabled}  已连接 ${count.connected}`,
      );
      const lost = count.connected < count.enabled;
      return [span(look.say(words)), span(lost ? ' !' : '', 'warn')];
    });
    const vms = figure(management?.vms, look, (count) =>
      look.say(
        say(
          `${count.total}  running ${count.running}  stopped ${count.stopped}  other ${count.other}`,
          `${count.total}  运行 ${count.running}  停止 ${count.stopped}  其他 ${count.other}`,
        ),
      ),
    );
    return fill(
      [labelled(say('Hosts', '主机'), hosts, look), labelled(say('VMs', '云主机'), vms, look)],
      room,
    );
  },
};
