import type { HalfDone } from '../../api/jobs.ts';
import type { Reading } from '../../api/reading.ts';
import { say, type Words } from '../../api/words.ts';
import type { Vm } from '../facts/schema.ts';
import type { PowerVerdict } from './schema.ts';

/** What is going on on this node now. */
export interface Goings {
  vms: Reading<Vm[]>;
  /** Titles of jobs that run. */
  jobs: Words[];
  /** Changes that are being made, as actions' names. */
  changes: string[];
  /** What an earlier change left to be looked at. */
  unsettled: HalfDone[];
}

/** What stands against switching off now: pure. Unknown VMs make the answer unknown, never safe. */
export function verdict({ vms, jobs, changes, unsettled }: Goings): PowerVerdict {
  const runningVms = running(vms);
  const findings = [
    ...vmFindings(runningVms),
    ...jobs.map((title) => say(`a job runs: ${title.en}`, `任务正在运行：${title.zh}`)),
    ...changes.map((change) => say(`a change is being made: ${change}`, `正在进行更改：${change}`)),
    ...unsettled.flatMap(({ rebootMends, words }) => (rebootMends ? [] : [words])),
  ];
  const mended = unsettled.flatMap((each) => (each.rebootMends ? [mendedWords(each)] : []));
  if (runningVms.state === 'unknown') return { safe: runningVms, findings, mended, runningVms };
  return { safe: { state: 'known', value: findings.length === 0 }, findings, mended, runningVms };
}

const mendedWords = ({ words }: HalfDone): Words =>
  say(`a reboot brings back what was kept: ${words.en}`, `重启会恢复上次保留的状态：${words.zh}`);

function running(vms: Reading<Vm[]>): PowerVerdict['runningVms'] {
  if (vms.state === 'unknown') return vms;
  const value = vms.value
    .filter(({ state }) => state !== 'stopped' && state !== 'crashed')
    .map(({ uuid, name }) => ({ uuid, name }));
  return { ...vms, value };
}

function vmFindings(vms: PowerVerdict['runningVms']): Words[] {
  if (vms.state === 'unknown') {
    return [say(`VMs that run here: not known: ${vms.why.en}`, `本机运行的虚拟机：未知：${vms.why.zh}`)];
  }
  const { length } = vms.value;
  if (length === 0) return [];
  const many = length === 1 ? '1 VM runs' : `${length} VMs run`;
  return [say(`${many} here and will be switched off`, `本机有 ${length} 台虚拟机在运行，将被关闭`)];
}
