import { readdir, readFile } from 'node:fs/promises';

/**
 * Every thread of this machine's programs: process and thread number, state, name, the kernel's function that it waits
 * in, and what called that, as far as the kernel tells it. Threads that end meanwhile are left out.
 */
export async function* threads(proc = '/proc'): AsyncGenerator<Buffer> {
  for (const pid of await numbers(proc)) {
    for (const tid of await numbers(`${proc}/${pid}/task`))
      yield Buffer.from(await thread(`${proc}/${pid}/task/${tid}`, pid, tid));
  }
}

const numbers = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name));

async function thread(folder: string, pid: string, tid: string): Promise<string> {
  const [stat, waits, stack] = await Promise.all(
    ['stat', 'wchan', 'stack'].map((name) => told(folder, name)),
  );
  // The name stands in brackets and may hold any of the signs that the other fields have.
  const [, name, state] = /\((.*)\) (\S)/s.exec(stat ?? '') ?? [];
  if (name === undefined) return '';
  return `${pid} ${tid} ${state} ${JSON.stringify(name)} ${waits === '0' ? '-' : waits}\n${stack}`;
}

const told = (folder: string, name: string): Promise<string> =>
  readFile(`${folder}/${name}`, 'utf8').catch(() => '');
