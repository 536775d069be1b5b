#!/usr/bin/env node
import { given, wrong } from '../scripts/arguments.mts';
import { build } from './build.mts';
import { Refusal } from './refusal.mts';
import { verify } from './verify.mts';

const USAGE = `npm run iso -- --base DVD --out FILE [--label LABEL] [--add DIR ...] [--virtio FILE] [--packages DIR] [--key KEY]
npm run iso -- verify FILE
  --base      installation DVD of Rocky, AlmaLinux, CentOS Stream or Oracle Linux, 9 or 10, x86_64
  --out       the image that is made; its checksum stands in FILE.sha256
  --label     volume label
  --add       a folder with packages that the base lacks (RabbitMQ; for storage nodes kernel-uek and ocfs2-tools)
  --virtio    image with the drivers of Windows guests
  --packages  our RPMs where they are made already (npm run package -- --rpm)
  --key       signs our RPMs with this key of your GnuPG keyring
verify reads an image again and proves what is promised of it.`;

const verifying = process.argv[2] === 'verify';
const file = process.argv[3];
try {
  if (verifying && file !== undefined && process.argv.length === 4) await verified(file);
  else await made();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  for (const line of error.lines) console.error(line);
  process.exitCode = 1;
}

async function verified(image: string): Promise<void> {
  const findings = await verify(image);
  for (const { what, wrong: found } of findings) {
    console.log(`${found.length === 0 ? 'good ' : 'WRONG'}  ${what}`);
    for (const line of found) console.log(`       ${line}`);
  }
  if (findings.some(({ wrong: found }) => found.length > 0)) process.exitCode = 1;
}

async function made(): Promise<void> {
  const options = given(USAGE, {
    base: { type: 'string' },
    out: { type: 'string' },
    label: { type: 'string' },
    add: { type: 'string', multiple: true },
    virtio: { type: 'string' },
    packages: { type: 'string' },
    key: { type: 'string' },
  });
  const { base, out, ...more } = options;
  if (base === undefined || out === undefined) wrong('--base and --out, or verify FILE (--help tells)');
  if (more.packages === undefined) await import('../scripts/build.mts');
  for (const line of await build({ base, out, ...more })) console.log(line);
  console.log(`${out}: made, checksum in ${out}.sha256`);
}
