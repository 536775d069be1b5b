import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePackage } from '../../scripts/pack/deb.mts';
import { release } from '../../scripts/pack/files.mts';
import { makeRpms } from '../../scripts/pack/rpm.mts';
import { needsOf } from '../fakes/enterprise-linux.ts';
import { randomOf, seed, tellSeed } from '../fakes/random.ts';
import { smallPackages } from '../fakes/rpm.ts';
import { OwnRoot } from './own-root.ts';

const LATER = '99.0.0';
const STORE = '/var/lib/zs-node/packages';
const { version } = await release();

interface Kind {
  /** Makes the packages of both versions; answers how the first ones are installed. */
  make(given: string): Promise<string>;
  /** Ends a transaction of its own. */
  program: string;
  installed: string;
  is(version: string): string;
  /** Has packages lie ready that cannot be installed; answers their version. */
  spoil(root: OwnRoot): string;
}

/** A package that stands for what ours needs of Debian and this machine need not have. */
function standIn(given: string, deb: string): void {
  const needs = execFileSync('dpkg-deb', ['--field', deb, 'Depends'], { encoding: 'utf8' }).trim();
  const tree = join(given, 'debian');
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  const about = 'Package: debian\nVersion: 1\nArchitecture: all\nMaintainer: none <none@localhost>';
  writeFileSync(
    join(tree, 'DEBIAN/control'),
    `${about}\nProvides: ${needs}\nDescription: stands for Debian\n`,
  );
  execFileSync('dpkg-deb', ['--build', tree, join(given, 'debian.deb')]);
}

const DEB: Kind = {
  async make(given) {
    const made = [await makePackage(given), await makePackage(given, LATER)];
    standIn(given, made[0] ?? '');
    return `dpkg --install /tmp/given/debian.deb /tmp/given/${basename(made[0] ?? '')} 2>&1`;
  },
  program: 'dpkg',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own
  installed: "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}' zs-node",
  is: (of) => `zs-node ${of} ii`,
  spoil(root) {
    // What its installation runs fails with this version alone.
    const failing = `#!/bin/sh\ngrep -q 99 /usr/lib/zs-node/version && exit 1\nexec /usr/bin/systemd-sysusers.own "$@"`;
    const sh = [
      'sh',
      '-c',
      `mv /usr/bin/systemd-sysusers /usr/bin/systemd-sysusers.own; printf '%s\n' '${failing}' > /usr/bin/systemd-sysusers; chmod 755 /usr/bin/systemd-sysusers`,
    ];
    root.inside(...sh);
    return LATER;
  },
};

const RPM: Kind = {
  async make(given) {
    const made = await makeRpms({ out: given, level: 1 });
    await makeRpms({ out: given, version: LATER, level: 1 });
    smallPackages(given, [{ name: 'enterprise-linux', provides: needsOf(made) }]);
    const first = ['zs-node', 'zs-role-compute'].map((name) => `/tmp/given/${name}-${version}-1.*.rpm`);
    return `rpm -i /tmp/given/enterprise-linux-*.rpm ${first.join(' ')} 2>&1`;
  },
  program: 'rpm',
  installed: "rpm -qa --qf '%{name} %{version} ' 'zs-*' | tr ' ' '\\n' | paste -sd ' ' | sed 's/ *$//'",
  is: (of) => `zs-node ${of} zs-role-compute ${of}`,
  spoil(root) {
    const broken = '98.0.0';
    smallPackages(root.given, [{ name: 'zs-node', version: broken, requires: ['what nobody has'] }]);
    root.inside(
      'sh',
      '-c',
      `mkdir ${STORE}/${broken}; cp /tmp/given/zs-node-${broken}-*.rpm ${STORE}/${broken}/`,
    );
    return broken;
  },
};

describe.each([
  ['dpkg', DEB],
  ['rpm', RPM],
])('%s', (_name, kind) => {
  const root = new OwnRoot();
  const inside = (script: string): string => root.inside('sh', '-eu', '-c', script);
  const installed = () => inside(kind.installed).split(/\s+/).join(' ').trim();
  const follow = (before = ''): string => inside(`${before}\nset +e; zs-follow 2>&1; echo "code $?"`);
  /** As the controller lays it ready. */
  const ready = (from: string, to: string) => inside(`printf '%s %s\n' ${from} ${to} > ${STORE}/going`);
  const left = () => inside(`cd ${STORE}; ls | grep -v '^[0-9]' || true`);

  beforeAll(async () => {
    const first = await kind.make(root.given);
    inside(first);
    for (const of of [version, LATER])
      inside(`mkdir -p ${STORE}/${of}; cd /tmp/given
        cp zs-node[_-]${of}[_-]* ${STORE}/${of}/
        [ ! -e zs-role-compute-${of}-1.noarch.rpm ] || cp zs-role-compute-${of}-* ${STORE}/${of}/`);
    expect(installed()).toBe(kind.is(version));
  }, 400_000);
  afterAll(() => root.end());

  test('nothing ready: nothing is done; packages that are not at hand: nothing is changed', () => {
    expect(follow()).toBe('nothing is ready to be installed\ncode 0');
    ready(version, '98.0.0');
    expect(follow()).toBe('zs-follow: the packages of 98.0.0 are not at hand: nothing was changed\ncode 1');
    expect([installed(), left()]).toEqual([kind.is(version), '']);
  });

  test('the later version is installed, and the one of before when the management node goes back', () => {
    for (const [from, to] of [
      [version, LATER],
      [LATER, version],
    ] as const) {
      ready(from, to);
      expect(follow()).toMatch(new RegExp(`this node has ${to}\ncode 0$`));
      expect([installed(), left()]).toEqual([kind.is(to), '']);
    }
  });

  test('cut off at any moment, the next start finishes it, or goes back and tells so', () => {
    tellSeed();
    const random = randomOf(seed);
    for (let times = 0; times < 4; times += 1) {
      ready(version, LATER);
      const pause = (times * random()).toFixed(2);
      console.log(
        `${pause} s: ${follow(`zs-follow > /tmp/said 2>&1 & sleep ${pause}; kill -9 $! $(pgrep -x ${kind.program}) || true; wait; sleep 0.5; cat /tmp/said; exit 0`)}`,
      );
      // Right after the cut the root's own file system may refuse a file: then it goes back.
      if (left().includes('going'))
        expect(follow()).toMatch(/this node has (99\.0\.0\ncode 0|\S+ again\ncode 1)$/);
      const isBack = left() === 'ended';
      expect([installed(), left()]).toEqual(isBack ? [kind.is(version), 'ended'] : [kind.is(LATER), '']);
      inside(`rm -f ${STORE}/ended`);
      if (isBack) continue;
      ready(LATER, version);
      expect(follow()).toMatch(/code 0$/);
      expect(installed()).toBe(kind.is(version));
    }
  }, 300_000);

  test('packages that cannot be installed: the ones of before are back, and why is told', () => {
    const to = kind.spoil(root);
    ready(version, to);
    const said = follow();
    expect(said).toContain(`${to} did not go well: its packages could not be installed`);
    expect(said).toMatch(new RegExp(`zs-follow: this node has ${version} again\ncode 1$`));
    expect([installed(), left()]).toEqual([kind.is(version), 'ended']);
    expect(inside(`cat ${STORE}/ended`)).toBe(`${to} its packages could not be installed`);
    expect(inside('zs-controller --version')).toContain(version);
  }, 300_000);
});
