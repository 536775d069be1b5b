import type { OutputOf } from '../../src/api/action.ts';
import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { Secret } from '../../src/api/secret-text.ts';
import type { Area } from '../../src/api/session.ts';
import { say, type Words } from '../../src/api/words.ts';
import type {
  checkPassword as CheckPassword,
  passwordState as PasswordState,
} from '../../src/guard/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { type FormRun, form } from '../../src/tui/form.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import type { Context } from '../context.ts';
import { type Access, openAccess } from './session.ts';

const PASSWORD_STATE = reference<typeof PasswordState>('guard.passwordState');
const CHECK_PASSWORD = reference<typeof CheckPassword>('guard.checkPassword');

const TITLE = say('Root password', 'root 密码');

/** Guard starts when it is asked, so its first word may take a moment; one that takes longer is told. */
const TOLD_MILLISECONDS = 500;
const GUARD_MILLISECONDS = 20_000;
const ASKING = say('asking for the password check ...', '正在启动密码验证 ...');
const HANGS = () => new Fault('timeout', say('the password check does not answer', '密码验证没有应答'));

/** Consoles that wait for guard: another key asks for nothing more. */
const asking = new WeakSet<Context>();

/**
 * Asks the root password and opens one area with it. Without a usable password it says so and how to set one; when
 * somebody else holds the pen it says who, and offers to take it over.
 */
export async function askAccess(
  context: Context,
  area: Area,
  purpose: Words,
  opened: (access: Access) => void,
): Promise<void> {
  const { stage } = context;
  if (asking.has(context)) return;
  asking.add(context);
  const telling = setTimeout(() => stage.notice(ASKING, 'plain'), TOLD_MILLISECONDS);
  try {
    const state = await passwordState(context);
    if (state === 'usable') stage.open(passwordForm(context, area, purpose, opened));
    else stage.open(noPassword(state));
  } catch (thrown) {
    stage.open(faultMessage(Fault.from(thrown), TITLE));
  } finally {
    clearTimeout(telling);
    asking.delete(context);
  }
}

async function passwordState(context: Context): Promise<OutputOf<typeof PasswordState>['state']> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(HANGS()), GUARD_MILLISECONDS);
  });
  const asked = context.guard(async (guard) => await Promise.race([guard.call(PASSWORD_STATE, {}), late]));
  try {
    return (await Promise.race([asked, late])).state;
  } finally {
    clearTimeout(timer);
    // The later of the two to fail has nobody to tell.
    void asked.catch(() => undefined);
  }
}

/** A wrong password says so and leads back to the main screen; what hinders the check itself stays in the form. */
function passwordForm(context: Context, area: Area, purpose: Words, opened: (access: Access) => void) {
  let outcome: { ticket: string } | Fault | undefined;
  return form({
    title: TITLE,
    notes: [purpose],
    fields: [{ name: 'password', label: say('Password', '密码'), kind: 'secret' }],
    async submit({ password }, { progress }) {
      if (password instanceof Secret) outcome = await checked(context, password, progress);
    },
    done() {
      if (outcome instanceof Fault) context.stage.open(faultMessage(outcome, TITLE));
      else if (outcome !== undefined) void enter(context, area, outcome.ticket, false, opened);
    },
  });
}

async function checked(
  context: Context,
  password: Secret,
  progress: FormRun['progress'],
): Promise<{ ticket: string } | Fault> {
  const onProgress = ({ words }: { words: Words }) => progress(words);
  try {
    return await context.guard((guard) => guard.call(CHECK_PASSWORD, { password }, { onProgress }));
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (fault.kind === 'refused') return fault;
    throw fault;
  }
}

async function enter(
  context: Context,
  area: Area,
  ticket: string,
  takeOver: boolean,
  opened: (access: Access) => void,
): Promise<void> {
  try {
    opened(await openAccess(context, area, ticket, takeOver));
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (fault.kind !== 'conflict' || takeOver) return context.stage.open(faultMessage(fault, TITLE));
    context.stage.open(
      confirm({
        title: say('Somebody else is at work', '另有人正在操作'),
        lines: [
          fault.words,
          say('Take over? What is open there closes.', '是否接管？对方打开的窗口将关闭。'),
        ],
        yes: () => void enter(context, area, ticket, true, opened),
      }),
    );
  }
}

const noPassword = (state: 'locked' | 'empty') =>
  message({
    title: TITLE,
    lines: [
      state === 'locked'
        ? say(
            'root has no usable password on this node: the account is locked.',
            '本节点 root 没有可用密码：账户已锁定。',
          )
        : say(
            'root has an empty password on this node, which opens nothing here.',
            '本节点 root 密码为空，不能用于登录此处。',
          ),
      say(
        'Set one as an administrator: log in (Ctrl+Alt+F2 or SSH with a key) and run: passwd root',
        '请由管理员设置：登录后 (Ctrl+Alt+F2 或 SSH 密钥) 运行 passwd root',
      ),
    ],
  });
