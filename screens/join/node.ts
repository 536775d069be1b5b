import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { hostAndPort } from '../../src/api/host.ts';
import type { Secret } from '../../src/api/secret-text.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import { inGroups } from '../../src/node/cluster/schema/fingerprint.ts';
import type {
  joinCluster,
  leaveCluster,
  lookAtCluster,
  rejoinCluster,
} from '../../src/node/cluster/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { form, type Values } from '../../src/tui/form.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage } from '../../src/tui/message.ts';
import { span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { LABEL } from './label.ts';

const LOOK = reference<typeof lookAtCluster>('cluster.look');
const JOIN = reference<typeof joinCluster>('cluster.join');
const REJOIN = reference<typeof rejoinCluster>('cluster.rejoin');
const LEAVE = reference<typeof leaveCluster>('cluster.leave');

/** What the form gave, and who was found there. */
interface Wanted {
  address: string;
  port?: number;
  token: Secret;
  fingerprint: string;
}

/** Asks for address and token, shows who is there, and joins after Y. */
export function openJoin(context: Context): void {
  let wanted: Wanted | undefined;
  context.stage.open(
    form({
      title: LABEL,
      notes: [
        say(
          'The management node issues a token: F2, Join Cluster, F3; or zstack-ctl join_token.',
          '令牌由管理节点签发：F2，加入集群，F3；或 zstack-ctl join_token。',
        ),
      ],
      fields: [
        {
          name: 'address',
          label: say('Management node', '管理节点'),
          kind: 'text',
          help: say('its address, or ADDRESS:PORT', '地址，或 地址:端口'),
        },
        { name: 'token', label: say('Token', '令牌'), kind: 'secret' },
      ],
      schema: async () =>
        (await import('../../src/node/cluster/schema.ts')).joinCluster.input.omit({ fingerprint: true }),
      input: (values) => ({ ...placeIn(values), token: values.token }),
      submit: async (values) => {
        wanted = await found(context, values);
      },
      done: () => {
        if (wanted !== undefined) compare(context, wanted);
      },
    }),
  );
}

/** Looks who is there; nothing of the token is sent yet. */
async function found(context: Context, values: Values): Promise<Wanted> {
  const { address, port } = placeIn(values);
  const place = { address, ...(port === undefined ? {} : { port }) };
  const { fingerprint } = await context.controller().call(LOOK, place);
  return { ...place, token: values.token as Secret, fingerprint };
}

/** `ADDRESS` or `ADDRESS:PORT`; what is neither is for the schema to refuse. */
function placeIn({ address = '' }: Values): { address: string; port?: number | undefined } {
  const text = String(address).trim();
  const at = hostAndPort(text);
  return at === undefined ? { address: text } : { address: at.host, port: at.port };
}

const compare = (context: Context, wanted: Wanted): void =>
  context.stage.open(
    confirm({
      title: LABEL,
      lines: [
        say(`Fingerprint of the cluster at ${wanted.address}:`, `${wanted.address} 处集群的指纹：`),
        ...inHalves(wanted.fingerprint).map(same),
        say(
          'Does the management node show the same (F2, Join Cluster)? Join only then.',
          '管理节点上（F2，加入集群）显示的是否相同？相同才可加入。',
        ),
      ],
      yes: () => void join(context, wanted),
    }),
  );

async function join(context: Context, wanted: Wanted): Promise<void> {
  try {
    await context.controller().call(JOIN, wanted);
    context.stage.notice(say(`joined the cluster of ${wanted.address}`, `已加入 ${wanted.address} 的集群`));
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

/** Two lines that fit on the smallest screen. */
const inHalves = (fingerprint: string): string[] => [
  inGroups(fingerprint.slice(0, 32)),
  inGroups(fingerprint.slice(32)),
];

const MOVING = say('Management node', '管理节点');

/** Of a node that has joined: its management node is elsewhere now, or it leaves. */
export const openJoined = (context: Context): void =>
  context.stage.open(
    list<Choice>({
      title: LABEL,
      rows: () => CHOICES,
      row: ({ label }, look) => [span(look.say(label))],
      open: ({ open }) => open(context),
      empty: same(''),
    }),
  );

interface Choice {
  label: Words;
  open(context: Context): void;
}

const CHOICES: Choice[] = [
  {
    label: say('Its management node is at another address now', '其管理节点地址已变更'),
    open: (context) => openMove(context),
  },
  { label: say('Leave the cluster', '退出集群'), open: (context) => openLeave(context) },
];

function openMove(context: Context): void {
  context.stage.open(
    form({
      title: MOVING,
      notes: [
        say(
          'Only one of the same cluster is taken: its fingerprint is compared. VMs run on.',
          '仅接受同一集群的管理节点：将核对其指纹。云主机继续运行。',
        ),
      ],
      fields: [
        {
          name: 'address',
          label: say('Its address now', '当前地址'),
          kind: 'text',
          help: say('an address, or ADDRESS:PORT', '地址，或 地址:端口'),
        },
      ],
      schema: async () => (await import('../../src/node/cluster/schema.ts')).rejoinCluster.input,
      input: placeIn,
      submit: async (values) => {
        await context.controller().call(REJOIN, placeIn(values));
      },
      done: () => context.stage.notice(say('linked to it from now on', '此后将连接该地址')),
    }),
  );
}

const LEAVING = say('Leave the cluster', '退出集群');

/** Leaves after Y; without the management node only after another one. */
const openLeave = (context: Context): void =>
  context.stage.open(
    confirm({
      title: LEAVING,
      danger: true,
      lines: [
        say(
          'The management node takes this host out, with what it keeps of it; key and certificate go. No VM may run here.',
          '管理节点将移除本主机及其记录；密钥与证书将被删除。本机不能有运行中的云主机。',
        ),
      ],
      yes: () => void leave(context, false),
    }),
  );

const askForce = (context: Context, { words }: Fault): void =>
  context.stage.open(
    confirm({
      title: LEAVING,
      danger: true,
      lines: [
        words,
        say(
          'Leave without it? The host stays there as a lost one until somebody deletes it.',
          '是否直接退出？该主机在管理节点上将显示为失联，直到被删除。',
        ),
      ],
      yes: () => void leave(context, true),
    }),
  );

async function leave(context: Context, force: boolean): Promise<void> {
  try {
    await context.controller().call(LEAVE, { force });
    context.stage.notice(say('left the cluster', '已退出集群'));
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (!force && fault.kind === 'unavailable') askForce(context, fault);
    else context.stage.open(faultMessage(fault, LEAVING));
  }
}
