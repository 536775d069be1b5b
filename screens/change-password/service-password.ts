import { reference } from '../../src/api/client.ts';
import { Secret } from '../../src/api/secret-text.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { changeBrokerPassword } from '../../src/node/broker/schema.ts';
import type { changeDatabaseRoot, changeDatabaseService } from '../../src/node/database/schema.ts';
import { type FormRun, form } from '../../src/tui/form.ts';
import { message } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';
import { agreed } from './agreed.ts';
import { confirmed } from './confirmed.ts';

interface Passwords {
  rootPassword: Secret;
  newPassword: Secret;
}

/** A password of one of the servers below the management service. */
export interface ServicePassword {
  label: Words;
  /** Whose password allows it. */
  allowedBy: Words;
  /** Said before Y. */
  consequence: Words;
  change(context: Context, passwords: Passwords, run: FormRun): Promise<void>;
}

const RESTART = say(
  'The management service is restarted, which takes a while. If anything fails, the old password is back everywhere.',
  '管理服务将重启，需要一些时间。任何一步失败都会全部恢复为旧密码。',
);
const MYSQL_ROOT = say('MySQL root password', 'MySQL root 密码');

export const SERVICE_PASSWORDS: readonly ServicePassword[] = [
  {
    label: say('MySQL root', 'MySQL root'),
    allowedBy: MYSQL_ROOT,
    consequence: say(
      'The service does not use this account: it goes on. If anything fails, the old password is back.',
      '服务不使用该账户，不受影响。任何一步失败都会恢复为旧密码。',
    ),
    change: (context, passwords, { signal, progress }) =>
      context
        .controller()
        .call(reference<typeof changeDatabaseRoot>('database.changeRootPassword'), passwords, {
          signal,
          onProgress: ({ words, fraction }) => progress(words, fraction),
        }),
  },
  {
    label: say('MySQL zstack', 'MySQL zstack'),
    allowedBy: MYSQL_ROOT,
    consequence: RESTART,
    change: (context, passwords, { signal, progress }) =>
      context
        .controller()
        .call(reference<typeof changeDatabaseService>('database.changeServicePassword'), passwords, {
          signal,
          onProgress: ({ words, fraction }) => progress(words, fraction),
        }),
  },
  {
    label: say('RabbitMQ zstack', 'RabbitMQ zstack'),
    allowedBy: say('System root password', '系统 root 密码'),
    consequence: RESTART,
    change: (context, passwords, { signal, progress }) =>
      context.controller().call(reference<typeof changeBrokerPassword>('broker.changePassword'), passwords, {
        signal,
        onProgress: ({ words, fraction }) => progress(words, fraction),
      }),
  },
];

/** Asks for the three passwords, then for Y; the steps are said in the form while they run. */
export function servicePasswordForm(context: Context, kind: ServicePassword): Page {
  return form({
    title: say(`Change the password of ${kind.label.en}`, `修改 ${kind.label.zh} 密码`),
    notes: [kind.consequence],
    fields: [
      { name: 'rootPassword', label: kind.allowedBy, kind: 'secret' },
      { name: 'newPassword', label: say('New password', '新密码'), kind: 'secret' },
      { name: 'confirmation', label: say('New again', '再次输入'), kind: 'secret' },
    ],
    check: confirmed,
    async submit({ rootPassword, newPassword }, run) {
      if (!(rootPassword instanceof Secret) || !(newPassword instanceof Secret)) return;
      await agreed(context, kind.label, [kind.consequence]);
      await kind.change(context, { rootPassword, newPassword }, run);
    },
    done: () =>
      context.stage.open(
        message({ title: kind.label, lines: [say('The password is changed.', '密码已修改。')] }),
      ),
  });
}
