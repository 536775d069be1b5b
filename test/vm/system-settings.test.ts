import { expect } from 'vitest';
import { bootedAppliance, MAIN_SCREEN } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { choose, MENU, seeFigures, unlock } from './driver/person.ts';
import { agree, set } from './driver/settings-person.ts';
import { until } from './driver/wait.ts';

const BLANK = '/sys/module/kernel/parameters/consoleblank';

const trimmed = async (machine: Machine, ...argv: string[]) => (await machine.run(argv)).trim();

const isActive = async (machine: Machine, unit: string) =>
  (await machine.attempt(['systemctl', 'is-active', unit])).stdout.toString().trim();

machineTest(
  'hostname, time zone, keyboard, SSH and blanking are set by keyboard, and are so after a reboot',
  async (lab) => {
    const machine = await lab.clone(await bootedAppliance('compute'));
    await seeFigures(machine);
    const session = await machine.ssh();
    await unlock(machine, 'f2');
    await machine.screen.see(MENU);
    await choose(machine, 'System Settings');
    await machine.screen.see(/> Hostname/);
    const noClient = 'neither chrony nor systemd-timesyncd is installed';
    await machine.screen.see(new RegExp(`NTP servers +unavailable: ${noClient}`));

    await set(machine, 'Hostname', /without a dot/, 'kvm-07');
    expect(await trimmed(machine, 'hostnamectl', 'hostname')).toBe('kvm-07');
    expect(await trimmed(machine, 'getent', 'hosts', 'kvm-07')).toMatch(/kvm-07/);
    await set(machine, 'Time zone', /Europe\/Berlin/, 'Asia/Shanghai');
    expect(await trimmed(machine, 'date', '+%Z %z')).toBe('CST +0800');
    await choose(machine, 'NTP servers');
    await machine.screen.see(/It cannot be set here: neither chrony nor systemd-timesyncd/);
    await machine.keyboard.press('ret');
    await machine.screen.gone(/It cannot be set here/);
    await set(machine, 'Keyboard', /Layout of the keys/, 'de:nodeadkeys');
    expect(await machine.run(['cat', '/etc/default/keyboard'])).toMatch(/XKBLAYOUT="?de"?\n/);

    await machine.screen.see(/SSH +on, 1 in now/);
    await choose(machine, 'SSH');
    const fingerprint = await machine.run(['ssh-keygen', '-l', '-f', '/etc/ssh/ssh_host_ed25519_key.pub']);
    expect(await machine.screen.see(/SHA256:/)).toContain(fingerprint.split(' ')[1]);
    await machine.keyboard.press('ret');
    await machine.screen.see(/nobody can log in over the network any more/);
    await machine.screen.see(/who is in stays until he leaves: 1 \(10\.0\.2\.2\)/);
    await agree(machine);
    await machine.screen.see(/SSH +off/);
    expect(await isActive(machine, 'ssh')).toBe('inactive');
    await expect(machine.ssh()).rejects.toThrow();
    session.end();

    await set(machine, 'Screen blanking', /0 to 60/, '10');
    expect(await trimmed(machine, 'cat', BLANK)).toBe('600');

    const mark = machine.qmp.events.length;
    await machine.run(['systemctl', 'reboot', '--no-block']);
    await machine.qmp.event('RESET', mark);
    await machine.agent.ready();
    await machine.screen.see(MAIN_SCREEN);
    expect(await seeFigures(machine)).toContain('kvm-07');
    expect(await trimmed(machine, 'hostnamectl', 'hostname')).toBe('kvm-07');
    expect(await trimmed(machine, 'date', '+%Z %z')).toBe('CST +0800');
    expect(await isActive(machine, 'ssh')).toBe('inactive');
    // The controller tells the kernel while its first figures are on the screen already.
    const blanks = async () => (await trimmed(machine, 'cat', BLANK)) === '600' || undefined;
    await until('the screen to go dark after ten minutes again', blanks);
  },
  40,
);
