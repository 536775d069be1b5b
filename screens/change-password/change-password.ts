import { Secret } from '../../src/api/secret-text.ts';
import { say, type Words } from '../../src/api/words.ts';
import { form } from '../../src/tui/form.ts';
import { list } from '../../src/tui/list.ts';
import { message } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import { span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../menu/entry.ts';
import { latestChange } from '../menu/values.ts';
import { agreed } from './agreed.ts';
import { confirmed } from './confirmed.ts';
import { SERVICE_PASSWORDS, servicePasswordForm } from './service-password.ts';

const LABEL = say('Change Passwords', '修改密码');
const ROOT = say('System root', '系统 root');

/** On a management node four kinds, elsewhere root's own. */
export const changePasswordsEntry: Entry = {
  label: LABEL,
  help: [
    say('Passwords of this system and of its services.', '系统及其服务的密码。'),
    say(
      'A wrong old password or a confirmation that differs changes nothing.',
      '旧密码错误或两次输入不一致时不做任何修改。',
    ),
  ],
  value: latestChange(
    'accounts.',
    'database.changeRootPassword',
    'database.changeServicePassword',
    'broker.changePassword',
  ),
  open: (context) =>
    context.stage.open(context.role() === 'management' ? kinds(context) : rootPasswordForm(context)),
};

interface Kind {
  label: Words;
  open(context: Context): Page;
}

const KINDS: readonly Kind[] = [
  { label: ROOT, open: rootPasswordForm },
  ...SERVICE_PASSWORDS.map((kind) => ({
    label: kind.label,
    open: (context: Context) => servicePasswordForm(context, kind),
  })),
];

const kinds = (context: Context): Page =>
  list<Kind>({
    title: LABEL,
    kind: 'window',
    rows: () => KINDS,
    row: (kind, look) => [span(look.say(kind.label))],
    open: (kind) => context.stage.open(kind.open(context)),
    empty: say('none', '无'),
  });

const SURE = say('Change the password of root now?', '现在修改 root 密码？');
const OWN = say('This is the password of the system and of this console.', '该密码用于系统登录和本控制台。');
const MANAGED = say(
  'A management node that has added this host logs in with this password: give it the new one afterwards.',
  '已添加本主机的管理节点使用该密码登录：修改后请在管理节点更新。',
);

function rootPasswordForm(context: Context): Page {
  const consequence = context.role() === 'management' ? OWN : MANAGED;
  return form({
    title: say('Change the password of root', '修改 root 密码'),
    notes: [consequence],
    fields: [
      { name: 'oldPassword', label: say('Old password', '旧密码'), kind: 'secret' },
      { name: 'newPassword', label: say('New password', '新密码'), kind: 'secret' },
      { name: 'confirmation', label: say('New again', '再次输入'), kind: 'secret' },
    ],
    check: confirmed,
    async submit(values, { progress }) {
      const { changeRootPassword } = await import('../../src/node/accounts/schema.ts');
      const { oldPassword, newPassword } = values;
      if (!(oldPassword instanceof Secret) || !(newPassword instanceof Secret)) return;
      await agreed(context, ROOT, [SURE, consequence]);
      const onProgress = ({ words }: { words: Words }) => progress(words);
      await context.controller().call(changeRootPassword, { oldPassword, newPassword }, { onProgress });
    },
    done: () =>
      context.stage.open(
        message({ title: ROOT, lines: [say('The password of root is changed.', 'root 密码已修改。')] }),
      ),
  });
}
