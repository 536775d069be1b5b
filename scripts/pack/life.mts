import { fs, path } from 'zx';
import { INSTALL } from './files.mts';

/** The moments in a package's life that run commands of ours, each in a file of scripts/install/life. */
export type Moment = 'installed' | 'leaving' | 'left';

/** The shell commands of that moment, the same for every kind of package. */
export async function commandsOf(moment: Moment): Promise<string> {
  return (await fs.readFile(path.join(INSTALL, 'life', `${moment}.sh`), 'utf8')).trimEnd();
}
