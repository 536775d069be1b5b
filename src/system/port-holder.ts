import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { run } from './exec.ts';

const ASK_MILLISECONDS = 5_000;

/** Name and pid of who listens on a TCP port of this machine; undefined where that cannot be told. */
async function holderOf(port: number): Promise<string | undefined> {
  const listed = await run(['ss', '-Hltnp', `sport = :${port}`], { timeout: ASK_MILLISECONDS }).catch(
    () => undefined,
  );
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(listed?.stdout ?? '') ?? [];
  return name === undefined ? undefined : `${name} (pid ${pid})`;
}

/** Why a port cannot be listened on: who holds it, or how to find that out. */
export async function portTaken(port: number): Promise<Fault> {
  const holder = await holderOf(port);
  if (holder !== undefined)
    return new Fault(
      'conflict',
      say(`port ${port} is held by ${holder}`, `端口 ${port} 已被 ${holder} 占用`),
    );
  return new Fault('conflict', say(`port ${port} is in use`, `端口 ${port} 已被占用`), {
    next: say(`who holds it: ss -ltnp sport = :${port}`, `查看占用者：ss -ltnp sport = :${port}`),
  });
}
