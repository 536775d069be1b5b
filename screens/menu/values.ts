import { latestOf } from '../../src/api/reading.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { ChangeFact, Nic } from '../../src/node/facts/schema.ts';
import type { Look } from '../../src/tui/page.ts';
import { fitLine, type Line, line, span, wrap, wrapLine } from '../../src/tui/text.ts';
import { day, linkSpeed, minuteTime } from '../format.ts';
import type { Block } from '../main/block.ts';
import { figure } from '../main/figures.ts';
import { type NodeModel, roleOf } from '../main/model.ts';
import { changeLine } from '../main/panels/changes.ts';
import { clusterBlock } from '../main/panels/cluster.ts';
import { clusterSpans, serviceSpans } from '../main/panels/node.ts';
import { ocfs2Block } from '../main/panels/ocfs2.ts';
import { VM_STATES, vmsOf } from '../main/panels/vm.ts';

/** Ready to be the `value` of an entry. */
export type Value = (model: NodeModel, look: Look, columns: number) => Line[];

const NAME_COLUMNS = 16;

const named = (name: string, value: Line, columns: number): Line[] =>
  wrapLine([...fitLine([span(name, 'label')], NAME_COLUMNS - 1), span(' '), ...value], columns, NAME_COLUMNS);

/** How this role's services stand. */
export const servicesValue: Value = (model, look, columns) =>
  (model.facts.services ?? []).flatMap(({ label, state }) =>
    named(
      look.say(label),
      figure(state, look, (value) => serviceSpans(value, look)),
      columns,
    ),
  );

/** How many VMs are in each state. */
export const vmsValue: Value = (model, look, columns) => {
  const counts = Map.groupBy(vmsOf(model), ({ state }) => look.say(VM_STATES[state].words));
  if (counts.size === 0) return [line(look.say(say('no VMs on this node', '本节点没有云主机')))];
  return [...counts].flatMap(([state, vms]) => named(state, line(String(vms.length)), columns));
};

const nicsOf = (model: NodeModel): Nic[] =>
  ((model.facts.nics && latestOf(model.facts.nics)) ?? []).filter(({ kind }) => kind !== 'loopback');

/** The physical NICs by name, with MAC and speed. */
export const nicsValue: Value = (model, _look, columns) =>
  nicsOf(model)
    .filter(({ kind }) => kind === 'physical')
    .flatMap(({ name, mac, up, speed }) =>
      named(
        name,
        [span(`${mac}  ${up ? 'UP' : 'DOWN'}${speed === undefined ? '' : ` ${linkSpeed(speed)}`}`)],
        columns,
      ),
    );

/** The links that have an address. */
export const addressesValue: Value = (model, look, columns) => {
  const rows = nicsOf(model)
    .filter(({ addresses }) => addresses.length > 0)
    .flatMap(({ name, addresses, management }) =>
      named(management ? `${name} (MN)` : name, [span(addresses.join(' '))], columns),
    );
  return rows.length > 0 ? rows : wrap(look.say(NO_ADDRESS), columns, 'warn');
};

const NO_ADDRESS = say('! no link has an address', '! 没有接口有地址');

/** The latest change by actions whose names begin so. */
export const latestChange =
  (...actions: readonly string[]): Value =>
  (model, look, columns) => {
    const isOurs = ({ action }: ChangeFact) => actions.some((name) => action.startsWith(name));
    const latest = model.facts.changes?.find(isOurs);
    if (latest === undefined) return wrap(look.say(NEVER), columns, 'dim');
    return wrapLine(changeLine(latest, look), columns);
  };

const NEVER = say('not changed lately', '近期没有更改');

/** The last job of an action that the controller still knows. */
export const lastJob =
  (action: string): Value =>
  (model, look, columns) => {
    const job = model.facts.jobs
      ?.filter((one) => one.action === action)
      .sort((a, b) => b.started - a.started)[0];
    if (job === undefined) return wrap(look.say(NOT_YET), columns, 'dim');
    const at = job.ended ?? job.started;
    return wrap(`${day(at)} ${minuteTime(at)}  ${look.say(job.progress)}`, columns);
  };

const NOT_YET = say('not done lately', '近期未执行');

/** What wants a person, as the main screen says it. */
export const attentionValue: Value = (model, look, columns) => {
  const items = model.facts.attention ?? [];
  if (items.length === 0) return wrap(look.say(NOTHING), columns, 'dim');
  return items.flatMap(({ words, level }) => wrapLine([span(`! ${look.say(words)}`, level)], columns, 2));
};

const NOTHING = say('nothing wants you now', '目前没有需要处理的事项');

const ofBlock =
  (block: Block): Value =>
  (model, look, columns) =>
    block.draw(model, { columns, rows: ROWS_OF_BLOCK }, look).map((row) => fitLine(row, columns));

/** More than a block needs, so that nothing in it is cut. */
const ROWS_OF_BLOCK = 20;

/** The cluster as this node sees it: what a management node counts, what another is joined to. */
export const clusterValue: Value = (model, look, columns) =>
  roleOf(model) === 'management'
    ? ofBlock(clusterBlock)(model, look, columns)
    : wrapLine(clusterSpans(model, look), columns);

/** Cluster stack, heartbeat and volumes of a storage node. */
export const ocfs2Value: Value = ofBlock(ocfs2Block);

export const joined =
  (...values: readonly Value[]): Value =>
  (model, look, columns) =>
    values.flatMap((value) => value(model, look, columns));

/** `Label: value` in both languages. */
export const told = (label: Words, value: Words): Words =>
  say(`${label.en}: ${value.en}`, `${label.zh}：${value.zh}`);
