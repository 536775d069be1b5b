import { expect, inject } from 'vitest';
import { ENFORCE, enforcedImage } from '../../scripts/vm/images.mts';
import type { Machine } from './driver/machine.ts';
import { type Lab, machineTest } from './driver/machine-test.ts';
import { enter } from './driver/management.ts';
import { bondByKeyboard } from './driver/network-person.ts';
import { MENU, seeFigures } from './driver/person.ts';
import { set } from './driver/settings-person.ts';
import { BOOT_MS, until } from './driver/wait.ts';

/** The domain of services that Debian's policy knows nothing of. */
const DOMAIN = 'system_u:system_r:initrc_t:s0';
/** What the audit log and, from before it was written, the kernel's have of refusals. */
const REFUSALS = `
{ ausearch -m avc,user_avc --raw 2> /dev/null; journalctl -b -k -o cat --no-pager; } | grep 'avc: *denied' || true`;
const PLANTED = '/etc/zs-node/planted';
/** Files of ours, and those that NetworkManager keeps, with a label that the policy does not give them. */
const MISLABELLED = `
find /usr/lib/zs-node /etc/NetworkManager/system-connections -print0 | xargs -0 matchpathcon -V | grep -v 'verified[.]$' || true`;
const LIMIT = 240_000;

/** Who was refused, or what was: ours. Debian's policy refuses some of Debian's own programs something, too. */
const isOurs = (line: string): boolean =>
  /[st]context=\S+:initrc_t:/.test(line) ||
  /(name|path|exe|comm)="[^"]*(zs-|zs_|zstack)/.test(line) ||
  /exe="\/usr\/lib\/zs-node/.test(line);

async function refusals(node: Machine): Promise<string[]> {
  const lines = (await node.shell(REFUSALS, { limitMs: LIMIT })).split('\n').filter(Boolean);
  return lines.filter(isOurs);
}

const labels = async (node: Machine, ...paths: string[]): Promise<string[]> =>
  (await node.run(['stat', '-c', '%C', ...paths])).trim().split('\n');

/** Label of a unit's process, while there is one. */
async function domainOf(node: Machine, unit: string): Promise<string> {
  const label = await node.shell(`cat /proc/$(systemctl show -P MainPID ${unit})/attr/current`);
  return label.replace(/\0/, '').trim();
}

async function booted(lab: Lab): Promise<Machine> {
  const node = await lab.boot(await enforcedImage(inject('deb'), 'compute'), {
    name: 'enforced',
    append: ENFORCE,
  });
  await node.agent.ready(BOOT_MS);
  await seeFigures(node);
  expect(await node.run(['getenforce'])).toBe('Enforcing\n');
  return node;
}

async function plugged(lab: Lab, node: Machine): Promise<void> {
  const network = lab.network();
  for (let nic = 0; nic < 2; nic += 1) await node.plug(network.port());
  const known = async () =>
    (await node.run(['nmcli', '-t', 'd'])).match(/^ens1[67]:ethernet:disconnected/gm)?.length === 2 ||
    undefined;
  await until('both NICs', known, { limitMs: LIMIT, everyMs: 500 });
}

/** What nobody may write there is refused, and seen. */
async function planted(node: Machine): Promise<void> {
  await node.attempt(['sh', '-c', `ip -br link > ${PLANTED}`]);
  const seen = async () => (await refusals(node)).some((line) => line.includes(PLANTED)) || undefined;
  await until('the planted refusal', seen, { limitMs: LIMIT, everyMs: 1_000 });
  await node.run(['rm', PLANTED]);
}

const others = async (node: Machine): Promise<string[]> =>
  (await refusals(node)).filter((line) => !line.includes(PLANTED));

machineTest(
  'a compute node under an enforced policy: console, menu, network, settings and a reboot, and nothing of ours is refused',
  async (lab) => {
    const node = await booted(lab);
    await planted(node);
    await plugged(lab, node);
    const kept = ['/etc/hosts', '/etc/hostname', '/etc/shadow', '/etc/zs-node/role'];
    const before = await labels(node, ...kept);
    expect(before).toContain('system_u:object_r:net_conf_t:s0');

    await bondByKeyboard(node, { mode: 'active-backup', address: '192.0.2.4' });
    // It has left when nobody asked it anything for a while.
    await node.run(['systemctl', 'start', 'zs-guard']);
    for (const unit of ['zs-controller', 'zs-console', 'zs-guard'])
      expect([unit, await domainOf(node, unit)]).toEqual([unit, DOMAIN]);
    await node.keyboard.press('y');
    await node.screen.see(/made and kept/);
    await node.keyboard.press('esc');
    await node.screen.gone(/made and kept/);
    await node.keyboard.press('esc');
    await node.screen.see(MENU);
    await enter(node, 'System Settings', /> Hostname/);
    await set(node, 'Hostname', /without a dot/, 'kvm-07');
    expect(await node.run(['hostnamectl', 'hostname'])).toBe('kvm-07\n');
    expect((await node.get('/etc/hosts')).toString()).toContain('kvm-07');
    await set(node, 'Time zone', /Europe\/Berlin/, 'Asia/Shanghai');
    expect(await labels(node, ...kept)).toEqual(before);
    expect(await others(node)).toEqual([]);

    // Whether its answer still comes is nobody's matter.
    void node.shell('sync; systemctl --no-block reboot').catch(() => undefined);
    await node.qmp.event('RESET', 0);
    await node.agent.ready(BOOT_MS);
    expect(await seeFigures(node)).toContain('kvm-07');
    expect(await node.run(['getenforce'])).toBe('Enforcing\n');
    expect(await node.shell('ip -br -4 a show bond0 | cat')).toContain('192.0.2.4/24');
    expect(await node.shell(MISLABELLED, { limitMs: LIMIT })).toBe('');
    expect(await node.run(['systemctl', '--failed', '--no-legend'])).toBe('');
    await node.run(['zs-controller', '--audit-verify']);
    expect(await others(node)).toEqual([]);
  },
  30,
);
