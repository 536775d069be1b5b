import type { Plan, Step } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';

/** `id` names what was kept to go back. */
interface OfSettings extends Step {
  readonly id: string;
}

export interface KeepSettings extends OfSettings {
  readonly type: 'services.keepSettings';
  /** The broker's user is made anew as well. */
  readonly broker: boolean;
}

export interface RenewBrokerUser extends OfSettings {
  readonly type: 'broker.renewUser';
}

/** Writes settings, none of them a secret, into zstack.properties; a service that runs is restarted with them. */
export interface ChangeSettings extends OfSettings {
  readonly type: 'services.changeSettings';
  readonly settings: Readonly<Record<string, string>>;
}

export type SettingsStep = KeepSettings | RenewBrokerUser | ChangeSettings;

export interface SettingsChange {
  id: string;
  title: Words;
  settings: Readonly<Record<string, string>>;
  /** The broker is this machine's: its user is made anew. */
  broker: boolean;
}

/** The file is the last thing that changes: whatever fails before it leaves the service alone. */
export const settingsPlan = ({ id, title, settings, broker }: SettingsChange): Plan<SettingsStep> => ({
  title,
  steps: [
    {
      type: 'services.keepSettings',
      id,
      broker,
      words: say('keeping what is needed to go back', '保存回退所需信息'),
    },
    ...(broker
      ? [
          {
            type: 'broker.renewUser' as const,
            id,
            words: say('making the user of the message queue anew', '重建消息队列用户'),
          },
        ]
      : []),
    {
      type: 'services.changeSettings',
      id,
      settings,
      words: say('writing the configuration and restarting the service with it', '写入配置并重启服务'),
    },
  ],
  warnings: [],
});
