import { execFileSync } from 'node:child_process';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { choose, MENU, unlock } from './driver/person.ts';

const STICK_BYTES = 64 * 1024 * 1024;
/** A slot that the driver's own devices leave free. */
const USB_SLOT = '0x1a';

/** A USB stick in a port of the machine, with a file system on it. */
async function plugIn(machine: Machine): Promise<string> {
  const image = join(machine.dir, 'stick.img');
  await writeFile(image, '');
  await truncate(image, STICK_BYTES);
  execFileSync('mkfs.ext4', ['-q', '-F', image]);
  await machine.qmp.execute('device_add', { driver: 'qemu-xhci', id: 'usb', addr: USB_SLOT });
  await machine.qmp.execute('blockdev-add', { driver: 'file', 'node-name': 'stick', filename: image });
  await machine.qmp.execute('device_add', {
    driver: 'usb-storage',
    id: 'stick-port',
    bus: 'usb.0',
    drive: 'stick',
    removable: true,
  });
  return image;
}

machineTest(
  'logs are collected and copied to a USB stick by keyboard; the stick holds the archive',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await unlock(machine, 'f2');
    await machine.screen.see(MENU);
    await choose(machine, 'Collect Logs');
    await machine.screen.see(/Logs written in the last hour/);
    await machine.keyboard.press('ret');
    await machine.screen.see(/The logs are collected\./);
    await machine.keyboard.press('ret');
    await machine.keyboard.press('f4');
    await machine.screen.see(/No stick is plugged in/);
    const image = await plugIn(machine);
    await machine.run(['sh', '-c', 'until lsblk -no TRAN | grep -q usb; do sleep 0.2; done']);
    await machine.keyboard.press('f3');
    await machine.screen.see(/\/dev\/sd[a-z].*ext4/);
    await machine.keyboard.press('ret');
    await machine.screen.see(/<Y>/);
    await machine.keyboard.type('y');
    await machine.screen.see(/The stick can be pulled out\./);
    expect(await machine.run(['cat', '/proc/self/mountinfo'])).not.toMatch(/\/dev\/sd[a-z]/);
    const wanted = await machine.run(['sh', '-c', 'sha256sum /var/lib/zstack/export/*/collect-log-*.tar.gz']);
    await machine.qmp.execute('device_del', { id: 'stick-port' });
    const listed = execFileSync('debugfs', ['-R', 'ls -p /', image], { encoding: 'utf8' });
    const [, name = ''] = /\/(collect-log-[^/]+\.tar\.gz)\//.exec(listed) ?? [];
    const copy = `${image}.copy`;
    execFileSync('debugfs', ['-R', `dump /${name} ${copy}`, image]);
    const [sum = ''] = execFileSync('sha256sum', [copy], { encoding: 'utf8' }).split(' ');
    expect(wanted).toContain(sum);
    await rm(copy);
  },
);
