import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openFolder } from './servers.ts';

/** What package managers keep of their own, or Enterprise Linux brings; users stay when their package goes. */
const NOT_OURS =
  /^(var\/lib\/(rpm|dnf|dpkg)|usr\/lib\/sysimage|var\/cache|var\/log\/(dnf|hawkey|dpkg|apt)|etc\/(passwd|group|shadow|gshadow|subuid|subgid|\.pwd)|etc\/(yum\.repos\.d|pki|pki\/rpm-gpg)$|root|tmp|run|dev|proc|var\/log\/journal)/;

/** A root of its own above this machine's system, without any package of Enterprise Linux. */
export class OwnRoot {
  readonly folder = openFolder('root-');
  /** What lies here is seen inside at /tmp/given. */
  readonly given = join(this.folder, 'given');

  /** Runs a program there. Answers its words, of both streams; throws with them when it fails. */
  inside(...argv: readonly string[]): string {
    const command = [join(import.meta.dirname, 'own-root.sh'), this.folder, ...argv];
    const { status, stdout, stderr } = spawnSync('sh', command, { encoding: 'utf8', timeout: 280_000 });
    if (status !== 0) throw new Error(`${argv.join(' ')}:\n${stdout}${stderr}`);
    return `${stdout}${stderr}`.trim();
  }

  /** Every file and folder that is there now and was not, or is not as it was; but what is kept by package managers. */
  changed(): string[] {
    const upper = join(this.folder, 'upper');
    return readdirSync(upper, { recursive: true, encoding: 'utf8' })
      .filter((name) => !NOT_OURS.test(name) && isNews(join(upper, name), `/${name}`))
      .sort();
  }

  end(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Neither a folder that was there before, whose news are told by themselves, nor the mark of something deleted. */
function isNews(above: string, below: string): boolean {
  const kind = lstatSync(above);
  if (kind.isCharacterDevice()) return false;
  return !kind.isDirectory() || !lstatSync(below, { throwIfNoEntry: false })?.isDirectory();
}
