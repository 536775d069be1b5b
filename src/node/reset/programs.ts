import { say, type Words } from '../../api/words.ts';
import { run } from '../../system/exec.ts';

const PACKAGE = 'zs-node';
const LIMIT = 120_000;
const MOST_NAMED = 3;

/** Whether the program's files are as they were installed, by the package manager's own word. */
export async function programsState(): Promise<Words> {
  const verdict = (await verified(['dpkg', '--verify', PACKAGE])) ?? (await verified(['rpm', '-V', PACKAGE]));
  if (verdict === undefined)
    return say('program files: not from a package, so not compared', '程序文件：非软件包安装，未比对');
  if (verdict.length === 0) return say('program files: as they were installed', '程序文件：与安装时一致');
  const names = verdict.slice(0, MOST_NAMED).join(' ');
  return say(
    `! program files: ${verdict.length} differ from the package (${names}): install it again`,
    `! 程序文件：${verdict.length} 个与软件包不一致（${names}）：请重新安装`,
  );
}

/** Names of files that differ; undefined when this package manager does not have the package. */
async function verified(argv: readonly string[]): Promise<string[] | undefined> {
  const { stdout, stderr, code } = await run(argv, { timeout: LIMIT }).catch(() => ({
    stdout: '',
    stderr: '',
    code: 127,
  }));
  if (/not installed/.test(stdout + stderr) || (code !== 0 && stdout === '')) return undefined;
  return differing(stdout);
}

/**
 * The files in what `dpkg --verify` or `rpm -V` prints. Settings may differ, and manuals may be missing: small images are
 * made without them, by dpkg's `path-exclude` or rpm's `--nodocs`.
 */
export const differing = (output: string): string[] =>
  output
    .split('\n')
    .filter(
      (line) => line !== '' && !/^\S+\s+c /.test(line) && !/^missing .*\/usr\/share\/(doc|man)\//.test(line),
    )
    .map((line) => line.split(/\s+/).at(-1) ?? '');
