import type { Plan, Step } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';

export interface KeepSettings extends Step {
  readonly type: 'services.keepSettings';
  /** The broker's user is made anew as well. */
  readonly broker: boolean;
}

export interface RenewBrokerUser extends Step {
  readonly type: 'broker.renewUser';
}

/** Writes settings, none of them a secret, into zstack.properties; a service that runs is restarted with them. */
export interface ChangeSettings extends Step {
  readonly type: 'services.changeSettings';
  readonly settings: Readonly<Record<string, string>>;
}

export type SettingsStep = KeepSettings | RenewBrokerUser | ChangeSettings;

export interface SettingsChange {
  title: Words;
  settings: Readonly<Record<string, string>>;
  /** The broker is this machine's: its user is made anew. */
  broker: boolean;
}

/** The file is the last thing that changes: whatever fails before it leaves the service alone. */
export const settingsPlan = ({ title, settings, broker }: SettingsChange): Plan<SettingsStep> => ({
  title,
  steps: [
    {
      type: 'services.keepSettings',
      broker,
      words: say('keeping what is needed to go back', '保存回退所需信息'),
    },
    ...(broker
      ? [
          {
            type: 'broker.renewUser' as const,
            words: say('making the user of the message queue anew', '重建消息队列用户'),
          },
        ]
      : []),
    {
      type: 'services.changeSettings',
      settings,
      words: say('writing the configuration and restarting the service with it', '写入配置并重启服务'),
    },
  ],
  warnings: [],
});
