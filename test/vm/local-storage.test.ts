import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { choose, MENU, unlock } from './driver/person.ts';
import { SLOT } from './driver/qemu.ts';
import { until } from './driver/wait.ts';

const FOLDER = '/zstack_ps';
const SIZES = [600, 800, 900];
const LIMIT_MS = 600_000;

/** Puts disks in, a larger one after the other; they are found by their serial number. */
async function plugIn(machine: Machine): Promise<void> {
  for (const [at, mebibytes] of SIZES.entries()) {
    const filename = join(machine.dir, `storage-${at}.img`);
    await writeFile(filename, '', { flag: 'a' });
    await truncate(filename, mebibytes * 2 ** 20);
    await machine.qmp.execute('blockdev-add', { driver: 'file', 'node-name': `storage${at}`, filename });
    await machine.qmp.execute('device_add', {
      ...{ driver: 'virtio-blk-pci', id: `disk${at}`, drive: `storage${at}`, serial: `storage${at}` },
      addr: `0x${(SLOT.extraDisk + at).toString(16)}`,
    });
  }
}

/** How the kernel names a disk in this boot: `vdb`. */
async function nameOf(machine: Machine, at: number): Promise<string> {
  const link = `/dev/disk/by-id/virtio-storage${at}`;
  await machine.shell(`until [ -e ${link} ]; do sleep 0.2; done`);
  return (await machine.run(['realpath', link])).trim().replace('/dev/', '');
}

/** Opens the list of storages, from the main screen. */
async function openList(machine: Machine): Promise<void> {
  await machine.screen.see(/F2/, { limitMs: LIMIT_MS });
  await unlock(machine, 'f2');
  await machine.screen.see(MENU);
  await choose(machine, 'Local Storage');
  await machine.screen.see(/─ Local Storage ─/, { limitMs: LIMIT_MS });
}

/** Chooses a disk, and confirms the plan by its name. @param holds what the list says is on it */
async function expand(machine: Machine, at: number, holds: RegExp): Promise<string> {
  const name = await nameOf(machine, at);
  await machine.keyboard.press('ret');
  await machine.screen.see(new RegExp(`/dev/${name} .*${holds.source}`));
  await choose(machine, `/dev/${name} `);
  const plan = await machine.screen.see(new RegExp(`Type ${name} to confirm`));
  await machine.keyboard.type(`${name}\n`);
  return plan;
}

/** What is mounted in the storage's folder, by the disk's serial number; with what systemd knows of it. */
const lying = (machine: Machine): Promise<string> =>
  machine.shell(
    `lsblk -dno SERIAL $(findmnt -nvo SOURCE --mountpoint ${FOLDER}); systemctl is-active $(systemd-escape -p --suffix=mount ${FOLDER})`,
  );
const sums = (machine: Machine): Promise<string> =>
  machine.shell(`cd ${FOLDER}; find . -type f -exec sha256sum {} + | sort; stat -c '%n %u %a' *`);

async function cutAndStart(machine: Machine): Promise<void> {
  await machine.powerCut();
  await machine.start();
  await plugIn(machine);
  await machine.agent.ready();
  await machine.shell(`until mountpoint -q ${FOLDER}; do sleep 1; done`, { limitMs: LIMIT_MS });
}

/** The power is cut, and the disks are away at the start: it is said, nothing is written below, and once they are mounted all is well. */
async function cutWithoutDisks(machine: Machine): Promise<void> {
  await machine.powerCut();
  await machine.start();
  await machine.agent.ready();
  await machine.screen.see(/\/zstack_ps is not available: /, { limitMs: LIMIT_MS });
  await openList(machine);
  await machine.screen.see(/\/zstack_ps +not available/);
  expect(await machine.shell(`find ${FOLDER} | wc -l`)).toBe('1\n');
  for (const left of [/─ Local Storage ─/, MENU]) {
    await machine.keyboard.press('esc');
    await machine.screen.gone(left);
  }
  await plugIn(machine);
  for (let at = 0; at < SIZES.length; at += 1) await nameOf(machine, at);
  await machine.shell('mount --all', { limitMs: LIMIT_MS });
  await machine.screen.gone(/is not available/, { limitMs: LIMIT_MS });
}

machineTest(
  'a storage comes onto a disk, and from that onto a larger one, by keyboard; the power is cut after it, with the disks away at the start too, and within another time',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await plugIn(machine);
    await machine.shell(
      `mkdir -p ${FOLDER}/volumes /var/lib/zs-node/guests; head -c 20M /dev/urandom > ${FOLDER}/volumes/a.qcow2
      chown 123:456 ${FOLDER}/volumes/a.qcow2; truncate -s 1G ${FOLDER}/sparse.raw; sync
      echo '{"${'5'.repeat(32)}":"${FOLDER}"}' > /var/lib/zs-node/guests/storages.json`,
    );
    const before = await sums(machine);
    await openList(machine);
    await expand(machine, 0, /empty/);
    await machine.screen.see(/The storage is on its new disk\./, { limitMs: LIMIT_MS });
    await machine.keyboard.press('ret');
    expect([await lying(machine), await sums(machine)]).toEqual(['storage0\nactive\n', before]);

    const first = await nameOf(machine, 0);
    await machine.screen.see(/> \/zstack_ps/);
    const plan = await expand(machine, 1, /empty/);
    expect(plan).toContain(`unmounting /dev/${first}`);
    await machine.screen.see(/The storage is on its new disk\./, { limitMs: LIMIT_MS });
    expect(await machine.screen.text()).toContain(`/dev/${first} is no longer used`);
    await machine.keyboard.press('ret');
    expect([await lying(machine), await sums(machine)]).toEqual(['storage1\nactive\n', before]);
    // Nothing of the old disk is mounted, nor does systemd want to mount it.
    expect(await machine.shell(`lsblk -no MOUNTPOINTS /dev/${first}`)).toBe('\n');
    expect(
      await machine.shell('systemctl --failed --no-legend --plain; ls /var/lib/zs-storage | wc -l'),
    ).toBe('1\n');

    await cutAndStart(machine);
    expect([await lying(machine), await sums(machine)]).toEqual(['storage1\nactive\n', before]);
    expect(await machine.shell(`lsblk -no MOUNTPOINTS /dev/${await nameOf(machine, 0)}`)).toBe('\n');

    await cutWithoutDisks(machine);
    expect([await lying(machine), await sums(machine)]).toEqual(['storage1\nactive\n', before]);

    // A third time, cut at some moment: the second disk or the third, and nothing between.
    await openList(machine);
    await expand(machine, 2, /empty/);
    const moment = Math.random() * 12_000;
    await pause(moment);
    await cutAndStart(machine);
    const settled = async () => {
      const story = await machine.shell('cat $(ls /var/lib/zs-node/journal/change-*.jsonl | tail -n 1)');
      return /"end":/.test(story) || undefined;
    };
    await until('an end of the change', settled, { limitMs: LIMIT_MS, everyMs: 1000 });
    const end = await lying(machine);
    console.log(`cut after ${Math.round(moment)} ms: ${end.split('\n')[0]}`);
    expect(['storage1\nactive\n', 'storage2\nactive\n']).toContain(end);
    expect(await sums(machine)).toBe(before);

    // What a unit of systemd's adds to its mount is not understood, and is left alone.
    const unit = (await machine.shell(`systemd-escape -p --suffix=mount ${FOLDER}`)).trim();
    await machine.shell(
      `mkdir -p /etc/systemd/system/${unit}.d; echo '[Mount]' > /etc/systemd/system/${unit}.d/own.conf; systemctl daemon-reload`,
    );
    await openList(machine);
    await machine.keyboard.press('ret');
    await machine.screen.see(/a unit of systemd's mounts it too:[\s\S]*own\.conf/);
  },
  60,
);
