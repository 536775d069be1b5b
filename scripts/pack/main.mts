#!/usr/bin/env node
import path from 'node:path';
import { given } from '../arguments.mts';
import { makePackage } from './deb.mts';
import { ROOT } from './files.mts';
import { makeRpms } from './rpm.mts';

const USAGE = `npm run package -- [--deb] [--rpm] [--key KEY] [--out DIR]
  --deb   the package for Debian alone
  --rpm   the packages for Enterprise Linux 9 and 10 alone
  --key   signs the RPMs with this key of your GnuPG keyring
  --out   where they are put (build)`;

const options = given(USAGE, {
  deb: { type: 'boolean' },
  rpm: { type: 'boolean' },
  key: { type: 'string' },
  out: { type: 'string' },
});
const out = path.resolve(options.out ?? path.join(ROOT, 'build'));
const both = options.deb === options.rpm;
await import('../build.mts');
if (both || options.deb) console.log(await makePackage(out));
if (both || options.rpm)
  for (const rpm of await makeRpms({ out, ...(options.key === undefined ? {} : { key: options.key }) }))
    console.log(rpm);
