import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { ShownPlan } from '../../src/api/plan.ts';
import { Secret } from '../../src/api/secret-text.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type {
  BackupInfo,
  EngineKind,
  planRestore,
  Restored,
  restoreDatabase,
} from '../../src/node/backup/schema.ts';
import { form } from '../../src/tui/form.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Look } from '../../src/tui/page.ts';
import { phrase } from '../../src/tui/phrase.ts';
import type { Before } from '../../src/tui/plan-view.ts';
import { type Line, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { followJob } from '../job/job.ts';
import { notIn } from './not-in.ts';

const LABEL = say('Restore the database', '恢复数据库');
/** What a person types to confirm. */
const PHRASE = 'restore database';
const PLAN = reference<typeof planRestore>('database.planRestore');
const RESTORE = reference<typeof restoreDatabase>('database.restore');

type Input = { file: string; rootPassword?: Secret };

/** MySQL's root password where there is MySQL, then the plan with its phrase, then the steps one by one. */
export function askRestore(
  context: Context,
  backup: BackupInfo,
  engine: EngineKind,
  after: () => Promise<void>,
): void {
  const file = backup.path;
  const plan = (input: Input) => context.controller().call(PLAN, input);
  const confirm = (input: Input, found: ShownPlan, before?: Before): void =>
    confirmPlan(context, backup, found, before, (why) => {
      const moved = (now: ShownPlan, words: Words) => confirm(input, now, { words, why });
      void restore(context, { ...input, why, seen: found.digest }, moved, after);
    });
  if (engine === 'MySQL') {
    askPassword(context, backup, (rootPassword) => plan({ file, rootPassword }), confirm);
  } else {
    plan({ file }).then(
      (found) => confirm({ file }, found),
      (thrown) => context.stage.open(faultMessage(Fault.from(thrown), LABEL)),
    );
  }
}

const madeAt = ({ made, path }: BackupInfo): Words =>
  same(`${new Date(made).toLocaleString('sv').slice(0, 16)}  ${path.split('/').at(-1)}`);

/** A wrong password is said in the form; with the right one the form gives way to the plan. */
function askPassword(
  context: Context,
  backup: BackupInfo,
  plan: (password: Secret) => Promise<ShownPlan>,
  confirm: (input: Input, found: ShownPlan) => void,
): void {
  let then: () => void = () => undefined;
  context.stage.open(
    form({
      title: LABEL,
      notes: [madeAt(backup)],
      fields: [
        { name: 'rootPassword', label: say('MySQL root password', 'MySQL root 密码'), kind: 'secret' },
      ],
      async submit({ rootPassword }) {
        if (!(rootPassword instanceof Secret)) return;
        const found = await plan(rootPassword);
        then = () => confirm({ file: backup.path, rootPassword }, found);
      },
      done: () => then(),
    }),
  );
}

function confirmPlan(
  context: Context,
  backup: BackupInfo,
  plan: ShownPlan,
  before: Before | undefined,
  yes: (why: string) => void,
): void {
  const texts = (look: Look, columns: number): Line[] => [
    ...(before === undefined ? [] : wrap(look.say(before.words), columns, 'warn')),
    ...wrap(look.say(madeAt(backup)), columns, 'label'),
    ...plan.steps.flatMap(({ words }, index) => wrap(`${index + 1}. ${look.say(words)}`, columns)),
    ...plan.warnings.flatMap((words) => wrap(`! ${look.say(words)}`, columns, 'warn')),
  ];
  const why = before?.why ?? '';
  context.stage.open(phrase({ title: LABEL, lines: texts, phrase: PHRASE, danger: true, why, yes }));
}

async function restore(
  context: Context,
  input: Input & { why: string; seen: string },
  moved: (plan: ShownPlan, words: Words) => void,
  after: () => Promise<void>,
): Promise<void> {
  await followJob<Restored>(context, RESTORE, () => context.controller().start(RESTORE, input), {
    title: LABEL,
    told: summary,
    moved,
    done: say('The database is restored.', '数据库已恢复。'),
  });
  await after().catch(() => undefined);
}

function summary({ safety, left, started, definers, runsAs }: Restored): (Words | Line)[] {
  const before: (Words | Line)[] =
    safety === undefined
      ? [say('There was nothing before.', '之前没有数据。')]
      : [say('What was there before:', '恢复前的数据：'), same(safety)];
  const service = started
    ? say('The management service runs on it.', '管理服务已在恢复的数据上运行。')
    : say(
        'The management service was stopped and still is: start it and see that it comes up.',
        '管理服务之前已停止，现在仍停止：请启动并确认其正常运行。',
      );
  const changed =
    definers === undefined
      ? []
      : [
          say(
            `Views, triggers, routines and events of ${definers.join(', ')} run as ${runsAs} now.`,
            `${definers.join('、')} 的视图、触发器、存储过程和事件现以 ${runsAs} 运行。`,
          ),
        ];
  return [...before, ...notIn(left), ...changed, service];
}
