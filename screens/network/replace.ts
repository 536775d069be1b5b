import { say } from '../../src/api/words.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import type { NetworkState } from '../../src/node/network/change/schema/state.ts';
import { form } from '../../src/tui/form.ts';
import type { Values } from '../../src/tui/form-field.ts';
import { message } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';
import { propose } from './make.ts';

const TITLE = say('Replace missing NICs', '替代缺失的网卡');
const NONE = '-';
const NOT_NOW = { value: NONE, label: say('none', '不替代') };

/** Which new NIC takes the place of which missing one: filled in by the order of the slots. */
export function replaceForm(
  context: Context,
  { missing = [], spare = [], links }: NetworkState,
  then: () => void,
): Page {
  if (missing.length === 0)
    return message({ title: TITLE, lines: [say('No NIC is missing.', '没有缺失的网卡。')] });
  let showPlan: (() => void) | undefined;
  const choices = [...spare.map((name) => ({ value: name, label: labelOf(name) })), NOT_NOW];
  function labelOf(name: string) {
    const mac = links.find((link) => link.name === name)?.mac ?? '';
    return say(`${name}  ${mac}`, `${name}  ${mac}`);
  }
  const change = (values: Values): ChangeInput => ({
    kind: 'replaceNics',
    pairs: missing.flatMap(({ name }) => {
      const nic = String(values[name] ?? NONE);
      return nic === NONE ? [] : [{ missing: name, nic }];
    }),
  });
  return form({
    title: TITLE,
    notes: [
      say(
        'Each new NIC takes the name of a missing one (its own where only a MAC address was known), and all that is configured for it.',
        '新网卡将使用缺失网卡的名称（仅知 MAC 地址时保留自身名称）及其全部配置。',
      ),
    ],
    fields: missing.map(({ name, ipv4, ipv6, controller }, at) => {
      const held = [...ipv4.addresses, ...ipv6.addresses, ...(controller === undefined ? [] : [controller])];
      const text = [name, ...held].join(' ');
      return {
        name,
        label: say(text, text),
        kind: 'choice' as const,
        choices,
        value: spare[at] ?? NONE,
      };
    }),
    async submit(values) {
      showPlan = await propose(context, change(values), then);
    },
    done: () => showPlan?.(),
    submitLabel: say('Show the plan', '查看计划'),
  });
}
