import { gzipSync } from 'node:zlib';
import { $, fs, glob, path } from 'zx';
import { assembled } from '../kickstart/assemble.mts';
import { SOURCE_DATE_EPOCH } from '../scripts/pack/deb.mts';
import { environmentOf } from '../src/node/bare-metal/plan/kickstart.ts';

const CONFIGURATION = `# Defaults of the node console's installation medium.
[Payload]
default_environment = ${environmentOf('management')}

[Storage]
default_scheme = PLAIN
default_partitioning =
    /     (min 20 GiB)
    swap

[User Interface]
custom_stylesheet = /usr/share/anaconda/zs-node.css
`;
const STYLE = `/* The side of the installer's first screens. */
.logo-sidebar { background-image: none; background-color: #16324f; }
.logo { background-image: none; }
`;

/**
 * Writes images/product.img: what the installer reads above its own files. Language, keyboard and clock are defaults of an
 * installation by hand, not a kickstart: with one the installer would begin by itself once its pages are complete. The script
 * afterwards runs with a kickstart too.
 */
export async function productImage(out: string, work: string): Promise<void> {
  const defaults = (await assembled('pieces/common.ks'))
    .split('\n')
    .filter((line) => /^(lang|keyboard|timezone) /.test(line));
  const files: Record<string, string> = {
    'etc/anaconda/conf.d/90-zs-node.conf': CONFIGURATION,
    'usr/share/anaconda/interactive-defaults.ks': `${defaults.join('\n')}\n`,
    'usr/share/anaconda/post-scripts/90-zs-node.ks': await assembled('pieces/medium.ks'),
    'usr/share/anaconda/zs-node.css': STYLE,
  };
  const tree = path.join(work, 'product');
  for (const [name, text] of Object.entries(files))
    await fs.outputFile(path.join(tree, name), text, { mode: 0o644 });
  await $`chmod -R u=rwX,go=rX ${tree}`.quiet();
  const names = (await glob('**', { cwd: tree, onlyFiles: false })).sort();
  for (const name of names)
    await fs.utimes(path.join(tree, name), Number(SOURCE_DATE_EPOCH), Number(SOURCE_DATE_EPOCH));
  const list = `${names.join('\n')}\n`;
  const archive = path.join(work, 'product.cpio');
  await $({
    cwd: tree,
    input: list,
    quiet: true,
  })`cpio --create --format=newc --reproducible --owner=0:0 --quiet --file ${archive}`;
  await fs.outputFile(out, gzipSync(await fs.readFile(archive)));
}
