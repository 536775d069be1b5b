import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../iso/build.mts';
import { verify } from '../../iso/verify.mts';
import { makeRpms } from '../../scripts/pack/rpm.mts';
import { exclusively } from '../../scripts/vm/cache.mts';
import { baseImage } from '../../scripts/vm/images.mts';
import { baseDvd } from '../fakes/base-dvd.ts';
import { standIns } from '../fakes/enterprise-linux.ts';
import { type Firmware, type Medium, Pc } from './driver/pc.ts';

const folder = mkdtempSync(join(tmpdir(), 'iso-boot-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const { kernel, disk } = await baseImage();
  execFileSync(join(import.meta.dirname, 'installer/initrd.sh'), [disk, at('initrd')], { stdio: 'pipe' });
  const packages = standIns(await makeRpms({ out: at('rpms'), level: 1 }));
  for (const generation of [9, 10] as const) {
    baseDvd(at('base.iso'), { generation, packages, kernel, initrd: at('initrd') });
    await build({
      base: at('base.iso'),
      out: at(`${generation}.iso`),
      packages: at('rpms'),
      label: `OURS-${generation}`,
    });
    expect((await verify(at(`${generation}.iso`))).flatMap(({ wrong }) => wrong)).toEqual([]);
  }
});

interface Start {
  generation: 9 | 10;
  firmware: Firmware;
  medium: Medium;
  /** Which entry, from above. */
  entry: 0 | 1 | 2;
  by: 'keyboard' | 'serial line';
}
/** Each way to start, and on each generation each entry by both ways to choose it. */
const STARTS: Start[] = [
  { generation: 9, firmware: 'BIOS', medium: 'DVD', entry: 0, by: 'keyboard' },
  { generation: 9, firmware: 'BIOS', medium: 'stick', entry: 2, by: 'serial line' },
  { generation: 9, firmware: 'UEFI', medium: 'DVD', entry: 1, by: 'keyboard' },
  { generation: 9, firmware: 'UEFI', medium: 'stick', entry: 2, by: 'serial line' },
  { generation: 9, firmware: 'BIOS', medium: 'DVD', entry: 1, by: 'serial line' },
  { generation: 10, firmware: 'BIOS', medium: 'DVD', entry: 2, by: 'serial line' },
  { generation: 10, firmware: 'BIOS', medium: 'stick', entry: 0, by: 'keyboard' },
  { generation: 10, firmware: 'UEFI', medium: 'DVD', entry: 2, by: 'keyboard' },
  { generation: 10, firmware: 'UEFI', medium: 'stick', entry: 0, by: 'serial line' },
  { generation: 10, firmware: 'BIOS', medium: 'DVD', entry: 1, by: 'keyboard' },
];
const OPTIONS = [
  / quiet$/m,
  /inst\.(vnc|rdp) quiet$/m,
  /inst\.text console=tty0 console=ttyS0,115200n8$/m,
] as const;

test.each(STARTS)(
  'generation $generation starts by $firmware from a $medium, entry $entry chosen by $by',
  async ({ generation, firmware, medium, entry, by }) => {
    await exclusively('machines', async () => {
      const pc = await Pc.start(at(`${generation}.iso`), firmware, medium);
      try {
        await pc.see(/Install Node Console \S+ as text/);
        await pc.settled();
        for (let pressed = 0; pressed < entry; pressed += 1) {
          if (by === 'keyboard') await pc.keyboard.press('down');
          else pc.typeOnLine('\x1b[B');
          await pc.settled();
        }
        if (by === 'keyboard') await pc.keyboard.press('ret');
        else pc.typeOnLine('\r');
        const said = await pc.see(/INSTALLER end/);
        expect(said).toContain(
          `INSTALLER medium=${medium === 'DVD' ? '/dev/sr0' : '/dev/sda'} label=OURS-${generation}`,
        );
        expect(/INSTALLER options=(.*)/.exec(said)?.[1]).toMatch(OPTIONS[entry]);
        for (const place of [
          '.treeinfo',
          'images/install.img',
          'ks/compute.ks',
          'BaseOS/repodata/repomd.xml',
          'ZSNode/repodata/repomd.xml',
        ])
          expect(said).toContain(`INSTALLER has=${place}\n`);
        expect(said).toContain('INSTALLER default_environment = zs-management-node');
      } finally {
        await pc.end();
      }
    });
  },
);
