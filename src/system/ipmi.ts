import { Fault, type FaultKind } from '../api/fault.ts';
import { bracketed } from '../api/host.ts';
import { say, type Words } from '../api/words.ts';
import type { Bmc, BmcLogin } from './bmc.ts';
import { run } from './exec.ts';

const TIMEOUT = 20_000;
/** Seconds that it waits for an answer, and how often it asks. */
const PATIENCE = ['-N', '2', '-R', '2'];

/** A BMC that speaks IPMI 2.0 (RMCP+), by ipmitool. The password goes by its standard input. */
export function ipmi(login: BmcLogin, signal?: AbortSignal): Bmc {
  const ask = (...words: string[]) => asked(login, words, signal);
  return {
    async power() {
      const answer = await ask('chassis', 'power', 'status');
      const state = /Chassis Power is (on|off)/i.exec(answer)?.[1]?.toLowerCase();
      if (state === 'on' || state === 'off') return state;
      throw fault('failed', login, say(`power: ${answer}`, `电源：${answer}`));
    },
    async order(order) {
      await ask('chassis', 'power', order);
    },
    async bootOnce({ device, firmware }) {
      const options = firmware === 'uefi' ? ['options=efiboot'] : [];
      await ask('chassis', 'bootdev', device, ...options);
    },
  };
}

/** Told on the standard output, with exit code 1. */
const NO_PLATE = /Device not present|Unknown FRU header/i;

/**
 * What a machine's maker wrote into it (FRU device 0: maker, model, serial number), by the names that ipmitool has for it;
 * empty where nothing is. Faults: see `Bmc`.
 */
export async function plateOf(login: BmcLogin, signal?: AbortSignal): Promise<Record<string, string>> {
  const answer = await asked(login, ['fru', 'print', '0'], signal, NO_PLATE);
  const plate: Record<string, string> = {};
  for (const line of answer.split('\n')) {
    const [, name, value = ''] = /^ *([^:]+?) *: (.*\S)\s*$/.exec(line) ?? [];
    if (name !== undefined) plate[name] = value;
  }
  return plate;
}

/** @param fine what it may say when it fails, and that is an answer too */
async function asked(
  login: BmcLogin,
  words: readonly string[],
  signal?: AbortSignal,
  fine?: RegExp,
): Promise<string> {
  const { address, port, user, password } = login;
  const place = ['-I', 'lanplus', '-H', address, '-p', `${port}`, '-U', user, '-f', '/dev/stdin'];
  const { code, stdout, stderr } = await run(['ipmitool', '-v', ...place, ...PATIENCE, ...words], {
    timeout: TIMEOUT,
    input: `${password.reveal()}\n`,
    ...(signal === undefined ? {} : { signal }),
  });
  if (code === 0 || fine?.test(stdout) === true) return stdout.trim();
  throw refusal(login, stderr);
}

/** What ipmitool says of a session that did not come about (RAKP: IPMI 2.0, 13.20), which it tells with -v alone. */
const NOT_LET_IN = /RAKP|HMAC is invalid|unauthorized name|invalid role/i;

/** What it says at last, for what a person can do something about. */
const MEANINGS: readonly [said: RegExp, kind: FaultKind, words: Words][] = [
  [/Unable to establish/i, 'unavailable', say('it does not answer', '无应答')],
  [/Address lookup/i, 'unavailable', say('the name does not resolve', '名称无法解析')],
  [/insufficient privilege/i, 'refused', say('this user may not do that', '该用户无权执行此操作')],
  [/in present state/i, 'conflict', say('not as the machine stands now', '机器当前状态不允许此操作')],
  [/invalid command|not supported/i, 'conflict', say('it cannot do that', '不支持此操作')],
];

function refusal(login: BmcLogin, said: string): Fault {
  if (NOT_LET_IN.test(said))
    return fault('refused', login, say('it refuses user or password', '用户名或密码被拒绝'));
  const last = said.trim().split('\n').at(-1) ?? '';
  const [, kind = 'failed', words = say(last, last)] = MEANINGS.find(([pattern]) => pattern.test(last)) ?? [];
  return fault(kind, login, words);
}

const fault = (kind: FaultKind, { address, port }: BmcLogin, { en, zh }: Words): Fault =>
  new Fault(
    kind,
    say(`IPMI, ${bracketed(address)}:${port}: ${en}`, `IPMI，${bracketed(address)}:${port}：${zh}`),
  );
