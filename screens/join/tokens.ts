import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { same, say } from '../../src/api/words.ts';
import { inGroups } from '../../src/node/cluster/schema/fingerprint.ts';
import type {
  IssuedToken,
  issueToken,
  JoinToken,
  listTokens,
  revokeToken,
} from '../../src/node/cluster/schema/members.ts';
import { form, type Value } from '../../src/tui/form.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import { span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { clockTime, day } from '../format.ts';

const ISSUE = reference<typeof issueToken>('members.issueToken');
const TOKENS = reference<typeof listTokens>('members.tokens');
const REVOKE = reference<typeof revokeToken>('members.revokeToken');

const NEW = say('New join token', '新的加入令牌');
const TITLE = say('Join tokens', '加入令牌');

/** Asks for how many and how long, and shows the token once. */
export function openIssue(context: Context): void {
  let issued: IssuedToken | undefined;
  context.stage.open(
    form({
      title: NEW,
      fields: [
        { name: 'uses', label: say('Hosts', '主机数'), kind: 'number', value: '1', columns: 8 },
        { name: 'minutes', label: say('Minutes', '分钟'), kind: 'number', value: '60', columns: 8 },
        {
          name: 'cluster',
          label: say('Cluster', '集群'),
          kind: 'text',
          optional: true,
          help: say('name or uuid; empty: the only one', '名称或 uuid；留空：唯一的集群'),
        },
      ],
      schema: async () => (await import('../../src/node/cluster/schema/members.ts')).issueToken.input,
      submit: async ({ uses, minutes, cluster }) => {
        issued = await context.controller().call(ISSUE, {
          uses: Number(uses),
          minutes: Number(minutes),
          ...withText('cluster', cluster),
        });
      },
      done: () => {
        if (issued !== undefined) showIssued(context, issued);
      },
    }),
  );
}

const withText = <K extends string>(name: K, value: Value | undefined): Partial<Record<K, string>> =>
  (value === undefined ? {} : { [name]: String(value) }) as Partial<Record<K, string>>;

const showIssued = (context: Context, { token, fingerprint, port, ...rest }: IssuedToken): void =>
  context.stage.open(
    message({
      title: NEW,
      lines: [
        same(token),
        wordsOf(rest),
        say(
          'It is not shown again. Fingerprint that the join has to show:',
          '不会再次显示。加入时应显示的指纹：',
        ),
        same(inGroups(fingerprint.slice(0, 32))),
        same(inGroups(fingerprint.slice(32))),
        say(`hosts connect to port ${port}`, `主机连接端口 ${port}`),
      ],
    }),
  );

/** Those that are still good; one can be ended. */
export async function openTokens(context: Context): Promise<void> {
  let tokens = (await context.controller().call(TOKENS, {})).tokens;
  const revoke = async ({ uuid }: JoinToken) => {
    try {
      await context.controller().call(REVOKE, { token: uuid });
      tokens = tokens.filter((token) => token.uuid !== uuid);
      context.stage.notice(say('the token is revoked', '令牌已撤销'));
    } catch (thrown) {
      context.stage.open(faultMessage(Fault.from(thrown), TITLE));
    }
  };
  context.stage.open(
    list<JoinToken>({
      title: TITLE,
      rows: () => tokens,
      row: (token, look) => [span(look.say(wordsOf(token)))],
      same: (a, b) => a.uuid === b.uuid,
      keys: (selected) => [
        {
          keys: ['d'],
          label: say('Revoke', '撤销'),
          help: say('ends the token at once', '立即撤销该令牌'),
          run: () => {
            const token = selected();
            if (token !== undefined) void revoke(token);
          },
        },
      ],
      empty: say('no tokens', '没有令牌'),
    }),
  );
}

function wordsOf({ usesLeft, ends, cluster }: JoinToken) {
  const until = `${day(ends)} ${clockTime(ends)}`;
  return say(
    `for ${usesLeft} ${usesLeft === 1 ? 'host' : 'hosts'} until ${until}, into ${cluster}`,
    `可加入 ${usesLeft} 台主机，至 ${until}，集群 ${cluster}`,
  );
}
