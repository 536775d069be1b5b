#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { $, path } from 'zx';

/** Installs the Debian packages that the tests need (debian-packages.txt), those that are missing only. */
const list = await readFile(path.join(import.meta.dirname, 'debian-packages.txt'), 'utf8');
const wanted = list
  .split('\n')
  .map((line) => line.replace(/#.*/, '').trim())
  .filter((line) => line !== '');
/** dpkg's own placeholders, not ours. */
const FORMAT = '\u0024{Package} \u0024{db:Status-Status}\\n';
const query = await $`dpkg-query -W -f ${FORMAT} ${wanted}`.nothrow().quiet();
const installed = new Set(
  query.stdout
    .split('\n')
    .filter((line) => line.endsWith(' installed'))
    .map((line) => line.split(' ')[0]),
);
const missing = wanted.filter((name) => !installed.has(name));
if (missing.length > 0) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await $({ env, stdio: 'inherit' })`${sudo} apt-get -qq update`;
  await $({ env, stdio: 'inherit' })`${sudo} apt-get -qq install --no-install-recommends -y ${missing}`;
}
