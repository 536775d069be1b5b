import { say, type Words } from '../../../api/words.ts';
import { run } from '../../../system/exec.ts';
import { asProblemText } from './problem.ts';
import { missingKeys } from './profile.ts';

const LIMIT = { timeout: 10_000 };

/**
 * What NetworkManager's own library, which needs no NetworkManager that runs, holds of a profile: it refuses it as a
 * whole, or drops what it does not know. Versions that cannot be asked are believed to take it.
 * @returns what is wrong; undefined when nothing is.
 */
export async function profileProblem(text: string): Promise<Words | undefined> {
  const id = /^id=(.*)$/m.exec(text)?.[1] ?? '';
  const argv = ['nmcli', '--offline', 'connection', 'modify', 'connection.id', id];
  const answer = await run(argv, { ...LIMIT, input: text }).catch(() => undefined);
  if (answer === undefined || /'--offline'|--offline.*unknown/.test(answer.stderr)) return undefined;
  if (answer.code !== 0) {
    const why = asProblemText(answer.stderr);
    return say(`NetworkManager does not take it: ${why}`, `NetworkManager 不接受：${why}`);
  }
  const [dropped] = missingKeys(text, answer.stdout);
  if (dropped === undefined) return undefined;
  return say(`NetworkManager does not take ${dropped}`, `NetworkManager 不接受 ${dropped}`);
}
