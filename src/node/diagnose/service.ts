import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { licenceInForce } from '../licence/actions.ts';
import { hasEnded } from '../licence/file.ts';
import { isHere } from '../network/here.ts';
import { statusOf } from '../services/status.ts';
import { KEYS } from '../zstack/settings.ts';
import { bad, type Check, good } from './check.ts';

const MANAGEMENT = ['management'] as const;

/** Checks of the management service itself. */
export const SERVICE_CHECKS: readonly Check[] = [
  {
    key: 'management-status',
    title: say('management service', '管理服务'),
    roles: MANAGEMENT,
    async look({ layout }) {
      const { management } = await statusOf({ layout, version: '', address: async () => undefined });
      if (management.state === 'Running')
        return good(`runs, pid ${management.pid}`, `运行中，pid ${management.pid}`);
      if (management.state === 'Starting')
        return bad(
          say('still starting', '仍在启动'),
          say(
            'wait, on a slow machine longer; if it never comes up, what it needs first: database and broker',
            '请等待，机器较慢时需更久；若一直无法启动，请先检查数据库与消息队列',
          ),
        );
      if (management.state === 'Stopped')
        return bad(say('Stopped', '已停止'), say('zstack-ctl start_node', 'zstack-ctl start_node'));
      const why = management.why ?? say('it does not answer', '没有应答');
      return bad(
        say(`Unknown: ${why.en}`, `未知：${why.zh}`),
        management.next ??
          say('zstack-ctl stop_node, then start_node', 'zstack-ctl stop_node，再 start_node'),
      );
    },
  },
  {
    key: 'licence',
    title: say('licence', '许可证'),
    roles: MANAGEMENT,
    async look({ layout, config }) {
      const remedy = say(
        'the licence is bound to the machine: ask for a new one with the request code of F2, Licence',
        '许可证与机器绑定：请用“许可证”中的申请码申请新许可证',
      );
      try {
        const licence = await licenceInForce({ path: layout.licence, config });
        if (hasEnded(licence, Date.now())) return bad(say('it has ended', '已到期'), remedy);
        return good(licence.type, licence.type);
      } catch (thrown) {
        return bad(whyOf(thrown), remedy);
      }
    },
  },
  {
    key: 'console-address',
    title: say('console proxy address', '控制台代理地址'),
    roles: MANAGEMENT,
    async look({ layout }) {
      const address = (await readPropertiesOrNone(layout.properties)).get(KEYS.consoleAddress) ?? '';
      if (address === '' || address === '0.0.0.0') return good('the management address', '管理地址');
      if (isHere(address)) return good(address, address);
      return bad(
        say(`${address} is no address of this machine`, `${address} 不是本机地址`),
        say(
          'right only where something forwards it here: else F2, Configure Console Proxy',
          '仅在有转发时正确；否则请使用“配置控制台代理”',
        ),
      );
    },
  },
];
