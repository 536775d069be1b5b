import type { Step } from '../../api/plan.ts';
import { say } from '../../api/words.ts';

/** Writes the new password into the service's configuration and restarts the service with it. */
export interface ConfigureAccount extends Step {
  readonly type: 'services.configurePassword';
  readonly key: string;
}

export const configureAccount = (key: string): ConfigureAccount => ({
  type: 'services.configurePassword',
  key,
  words: say('writing the configuration and restarting the service with it', '写入配置并重启服务'),
});

export const RESTART_WARNING = say(
  'the management service is restarted, which takes a while',
  '管理服务将重启，需要一些时间',
);
