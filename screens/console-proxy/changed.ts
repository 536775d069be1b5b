import { say, type Words } from '../../src/api/words.ts';
import type { SettingsChanged } from '../../src/node/change-settings/schema.ts';

const SERVICE: Record<SettingsChanged['service'], Words> = {
  restarted: say('The management service runs with it.', '管理服务已使用新配置运行。'),
  'not running': say(
    'The management service does not run: it takes it at its next start.',
    '管理服务未运行：下次启动时生效。',
  ),
};

const BROKER: Record<SettingsChanged['broker'], Words | undefined> = {
  'made anew': say('The message queue is reset.', '消息队列已重置。'),
  none: undefined,
  elsewhere: say(
    'The message queue is another machine’s: reset it there (zstack-ctl reset_rabbitmq).',
    '消息队列在另一台机器上：请在该机器上重置（zstack-ctl reset_rabbitmq）。',
  ),
};

/** What a change of settings did besides writing them, for a person. */
export const changedRows = ({ service, broker }: SettingsChanged): Words[] =>
  [BROKER[broker], SERVICE[service]].filter((words) => words !== undefined);
