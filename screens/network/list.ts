import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Link } from '../../src/node/network/change/schema/state.ts';
import type { identifyNic } from '../../src/node/network/change/schema.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Binding } from '../../src/tui/page.ts';
import { addressForm } from './address-form.ts';
import { attachForm, bondForm, bondModeForm, renameForm, vlanForm } from './forms.ts';
import { openHistory } from './history.ts';
import type { Choice, Work } from './links.ts';
import { proposeNow } from './make.ts';
import { replaceForm } from './replace.ts';

const IDENTIFY = reference<typeof identifyNic>('network.identify');

const isNic = (link: Link): boolean => link.kind === 'physical';

const NONE_MISSING = say('no NIC is missing', '没有缺失的网卡');

/** Rename NIC. */
export const RENAME: Choice = {
  title: say('Rename NIC', '重命名网卡'),
  wanted: isNic,
  openLabel: say('Rename', '重命名'),
  open: (context, link, _, again) => context.stage.open(renameForm(context, link, again)),
  keys: ({ context, state, again }) => [
    {
      ...key(
        'm',
        say('Missing ones', '缺失的'),
        say('new NICs take the places of missing ones', '用新网卡替代缺失的网卡'),
        () => context.stage.open(replaceForm(context, state(), again)),
      ),
      disabled: () => (state().missing === undefined ? NONE_MISSING : undefined),
    },
  ],
};

/** Set Management Network. */
export const MANAGEMENT: Choice = {
  title: say('Set Management Network', '设置管理网络'),
  wanted: (link) => link.present && link.addresses.length > 0,
  notes: [say('Choose the link that the cluster reaches this node at.', '选择集群访问本节点所用的接口。')],
  openLabel: say('Choose', '选择'),
  open: (context, link, _, again) =>
    void proposeNow(context, { kind: 'setManagement', link: link.name }, again),
};

/** Configure Networks. */
export const CONFIGURE: Choice = {
  title: say('Configure Networks', '配置网络'),
  wanted: (link) => link.kind !== 'other' || link.managed,
  openLabel: say('Address', '地址'),
  open: (context, link, _, again) => context.stage.open(addressForm(context, link, again)),
  keys: (work) => [
    key('b', say('Bond', '聚合'), say('a new bond', '新建链路聚合'), () =>
      work.context.stage.open(bondForm(work.context, work.state(), work.again)),
    ),
    onLink(
      work,
      'v',
      say('VLAN', 'VLAN'),
      say('a VLAN on this link', '在此接口上新建 VLAN'),
      (link) => work.context.stage.open(vlanForm(work.context, link, work.again)),
      portOnly,
    ),
    onLink(
      work,
      'g',
      say('Bridge', '网桥'),
      say('a bridge on this link', '在此接口上新建网桥'),
      (link) => void proposeNow(work.context, { kind: 'createBridge', link: link.name }, work.again),
    ),
    onLink(
      work,
      'a',
      say('Attach', '加入'),
      say('attach this NIC to a bond, or detach it', '将此网卡加入或移出聚合'),
      (link) => attachOrDetach(work, link),
    ),
    onLink(
      work,
      'i',
      say('Blink', '闪灯'),
      say('let the light of this NIC blink', '使此网卡的指示灯闪烁'),
      (link) => identify(work, link),
    ),
    onLink(
      work,
      'm',
      say('Mode', '模式'),
      say('mode and options of this bond', '此聚合的模式与选项'),
      (link) => {
        if (link.kind === 'bond') work.context.stage.open(bondModeForm(work.context, link, work.again));
      },
    ),
    onLink(
      work,
      'p',
      say('Prefer', '首选'),
      say('make this the active port of its bond', '将其设为聚合的活动端口'),
      (link) => prefer(work, link),
    ),
    onLink(
      work,
      'd',
      say('Delete', '删除'),
      say('delete this bond, VLAN or bridge', '删除此聚合、VLAN 或网桥'),
      (link) => deleteLink(work, link),
    ),
    key(
      'h',
      say('History', '历史'),
      say('kept states, and back to one of them', '历史状态与恢复'),
      () => void openHistory(work.context, work.again),
    ),
  ],
};

const key = (name: string, label: Words, help: Words, run: () => void): Binding => ({
  keys: [name],
  label,
  help,
  run,
});

const NONE = say('no link is selected', '未选择接口');

const onLink = (
  { selected }: Work,
  name: string,
  label: Words,
  help: Words,
  run: (link: Link) => void,
  why: (link: Link) => Words | undefined = () => undefined,
): Binding => ({
  ...key(name, label, help, () => {
    const link = selected();
    if (link !== undefined) run(link);
  }),
  disabled: () => {
    const link = selected();
    return link === undefined ? NONE : why(link);
  },
});

/** A port carries what its bond or bridge does: VLANs are made on that one. */
const portOnly = ({ name, controller }: Link): Words | undefined =>
  controller === undefined
    ? undefined
    : say(`${name} is a port: make it on ${controller}`, `${name} 是成员端口：请在 ${controller} 上新建`);

/** Blinking ends by itself; what is said is only that it could not begin. */
function identify({ context }: Work, link: Link): void {
  context
    .controller()
    .call(IDENTIFY, { nic: link.name })
    .catch((thrown) => context.stage.open(faultMessage(Fault.from(thrown))));
}

function attachOrDetach({ context, state, again }: Work, nic: Link): void {
  const bond = state().links.find((link) => link.name === nic.controller && link.kind === 'bond');
  if (bond !== undefined) void proposeNow(context, { kind: 'detach', bond: bond.name, nic: nic.name }, again);
  else if (state().links.some((link) => link.kind === 'bond'))
    context.stage.open(attachForm(context, state(), nic, again));
  else
    context.stage.open(faultMessage(new Fault('conflict', say('There is no bond yet.', '还没有链路聚合。'))));
}

/** For good: the bond goes back to this port whenever it can. */
function prefer({ context, state, again }: Work, { name, controller }: Link): void {
  const bond = state().links.find((link) => link.name === controller);
  const mode = bond?.bond?.mode ?? '';
  if (bond !== undefined && PREFERRING.includes(mode)) {
    const options = { primary: name };
    void proposeNow(context, { kind: 'changeBond', name: bond.name, mode, options }, again);
    return;
  }
  const words = say(
    `${name} is no port of a bond of mode 1, 5 or 6.`,
    `${name} 不是模式 1、5 或 6 的聚合的端口。`,
  );
  context.stage.open(faultMessage(new Fault('conflict', words)));
}

/** Modes that send by one port as long as it is there. */
const PREFERRING = ['active-backup', 'balance-tlb', 'balance-alb'];

function deleteLink({ context, again }: Work, link: Link): void {
  const { name } = link;
  if (link.kind === 'bond') void proposeNow(context, { kind: 'deleteBond', name }, again);
  else if (link.kind === 'vlan') void proposeNow(context, { kind: 'deleteVlan', name }, again);
  else if (link.kind === 'bridge') void proposeNow(context, { kind: 'deleteBridge', name }, again);
  else
    context.stage.open(
      faultMessage(
        new Fault('conflict', say(`${name} is no bond, VLAN or bridge.`, `${name} 不是聚合、VLAN 或网桥。`)),
      ),
    );
}
