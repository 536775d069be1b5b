import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { setSetting } from '../../src/node/system-settings/apply.ts';
import { otherSources } from '../../src/node/system-settings/chrony.ts';
import { checkClock, clientKeeper } from '../../src/node/system-settings/clock.ts';
import { ntpKeeper } from '../../src/node/system-settings/ntp.ts';
import type { SetSetting } from '../../src/node/system-settings/plan/steps.ts';
import { systemPlan } from '../../src/node/system-settings/plan.ts';
import { hostnameProblem } from '../../src/node/system-settings/schema.ts';
import { sshKeeper } from '../../src/node/system-settings/ssh.ts';
import type { UnitControl } from '../../src/node/system-settings/units.ts';
import { setInNodeIni, settingIn } from '../../src/system/node-ini.ts';
import { DOING } from '../fakes/doing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
  return () => rmSync(folder, { recursive: true });
});

/** Units by name; what is not asked for here fails. */
function unitsOf(
  states: Record<string, { active: boolean; enabled: boolean }>,
  log: string[] = [],
): UnitControl {
  return {
    installed: async (names) => names.find((name) => name in states),
    show: async (unit) => ({
      ...(states[unit] as { active: boolean; enabled: boolean }),
      killMode: 'process',
    }),
    restart: async (unit) => void log.push(`restart ${unit}`),
    turn: async (unit, active, enabled) => {
      states[unit] = { active, enabled };
      log.push(`${active ? 'start' : 'stop'} ${unit}`);
    },
  };
}

const CHRONY = `# the distribution's own
pool 2.pool.ntp.org iburst
  server 198.51.100.1
driftfile /var/lib/chrony/drift
#server commented.example
makestep 1.0 3
`;

test('chrony: its own servers step aside while others are set and come back to the letter', async () => {
  const path = join(folder, 'chrony.conf');
  writeFileSync(path, CHRONY);
  const log: string[] = [];
  const on = { active: true, enabled: true };
  const keeper = ntpKeeper(unitsOf({ 'chronyd.service': on }, log), {
    chronyEl: path,
    chronyDebian: '/nowhere',
    timesyncd: '/nowhere',
  });
  expect(await keeper.read()).toEqual([]);
  await keeper.write(['192.0.2.1', 'ntp.example']);
  expect(await keeper.read()).toEqual(['192.0.2.1', 'ntp.example']);
  const inForce = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^\s*(server|pool)/.test(line));
  expect(inForce).toEqual(['server 192.0.2.1 iburst', 'server ntp.example iburst']);
  await keeper.write(['192.0.2.2']);
  expect(await keeper.read()).toEqual(['192.0.2.2']);
  await keeper.write([]);
  expect(readFileSync(path, 'utf8')).toBe(CHRONY);
  expect(log).toEqual(Array(3).fill('restart chronyd.service'));
});

/** chrony's keeper on files of these texts below the folder. */
function chronyOn(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll('FOLDER', folder));
  }
  const path = join(folder, 'chrony.conf');
  const places = { chronyEl: path, chronyDebian: '/nowhere', timesyncd: '/nowhere' };
  const units = unitsOf({ 'chronyd.service': { active: true, enabled: true } });
  return {
    path,
    keeper: ntpKeeper(units, places),
    text: (name = 'chrony.conf') => readFileSync(join(folder, name), 'utf8'),
  };
}

const OUR_OLD = '# Servers of this node: set in the console, System Settings.\nserver 192.0.2.1 iburst\n';
const BEHIND = 'allow 10.0.0.0/8\nserver ntp.admin.example prefer\n# note\n';

test('chrony: what an administrator wrote behind our servers stays, in an old file as well', async () => {
  const { keeper, text } = chronyOn({
    'chrony.conf': `driftfile /d\n#(set aside) pool p\n${OUR_OLD}${BEHIND}`,
  });
  expect(await keeper.read()).toEqual(['192.0.2.1']);
  await keeper.write(['192.0.2.9']);
  expect(await keeper.read()).toEqual(['192.0.2.9']);
  expect(text()).toContain('allow 10.0.0.0/8\n#(set aside) server ntp.admin.example prefer\n# note\n');
  writeFileSync(join(folder, 'chrony.conf'), `${text()}rtcsync\n`);
  await keeper.write([]);
  expect(text()).toBe(`driftfile /d\npool p\n${BEHIND}rtcsync\n`);
});

const DEBIAN = `confdir FOLDER/conf.d
pool 2.debian.pool.ntp.org iburst
sourcedir FOLDER/dhcp
sourcedir FOLDER/sources.d
include FOLDER/more/*.inc
`;

test('chrony: where it reads folders our servers have a file of their own; what others name is told', async () => {
  const { path, keeper, text } = chronyOn({
    'chrony.conf': DEBIAN.replace('FOLDER/dhcp', '/run/none-here'),
    'conf.d/admin.conf': 'server 10.0.0.1\n! server no.example\n',
    'sources.d/lan.sources': 'server 10.0.0.2 iburst\n',
    'sources.d/README': 'server no.example\n',
    'more/a.inc': 'peer 10.0.0.3\n',
  });
  const before = text();
  const others = async () => (await otherSources(path)).map(({ server }) => server);
  expect(await others()).toEqual(['2.debian.pool.ntp.org', '10.0.0.1', '10.0.0.2', '10.0.0.3']);
  await keeper.write(['192.0.2.1', 'ntp.example']);
  expect(await keeper.read()).toEqual(['192.0.2.1', 'ntp.example']);
  expect(text('sources.d/zs-node.sources')).toMatch(
    /^#.*\nserver 192.0.2.1 iburst\nserver ntp.example iburst\n$/,
  );
  expect(text()).toBe(before.replace('pool', '#(set aside) pool'));
  expect(await others()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  await keeper.write([]);
  expect(await keeper.read()).toEqual([]);
  expect(text()).toBe(before);
  expect(readdirSync(join(folder, 'sources.d'))).toEqual(['README', 'lan.sources']);
});

test('chrony: a block of an older version moves into the file; cut off in between is neither old nor new', async () => {
  const { path, keeper, text } = chronyOn({
    'chrony.conf': `${DEBIAN}${OUR_OLD}rtcsync\n`.replace('pool', '#(set aside) pool'),
    'conf.d/x': '',
  });
  await keeper.write(['192.0.2.2']);
  expect(text('conf.d/zs-node.conf')).toContain('server 192.0.2.2 iburst\n');
  expect(text()).not.toContain('192.0.2');
  await keeper.write([]);
  const system = text();
  // The file is there, and the system's own have not stepped aside yet.
  writeFileSync(join(folder, 'conf.d/zs-node.conf'), 'server 192.0.2.3 iburst\n');
  const half = await keeper.read();
  expect(half).not.toEqual([]);
  expect(half).not.toEqual(['192.0.2.3']);
  const executor = setSetting<SetSetting<'ntp'>>({ ntp: keeper });
  const step = {
    type: 'system.set',
    setting: 'ntp',
    before: [],
    after: ['192.0.2.3'],
    words: { en: '', zh: '' },
  } satisfies SetSetting<'ntp'>;
  await executor.undo(step, DOING);
  expect([text(), await keeper.read()]).toEqual([system, []]);
  expect((await otherSources(path)).map(({ server }) => server)).toEqual(['2.debian.pool.ntp.org']);
});

test('sources that stay in force are in the plan by name', () => {
  const others = [
    { server: 'pool.example', file: '/etc/chrony/chrony.conf' },
    { server: '10.0.0.1', file: '/run/chrony-dhcp/em01.sources' },
  ];
  const before = { service: 'chrony.service', servers: [], others, synced: true };
  const around = {
    broker: false,
    resolves: true,
    address: '',
    clockBy: 0,
    unresolved: [],
    keyboardNow: true,
  };
  const { warnings } = systemPlan({ kind: 'ntp', servers: ['192.0.2.1'] }, { ntp: before }, around);
  expect(warnings.map(({ en }) => en)).toEqual([
    'stays in force besides: 10.0.0.1 (/run/chrony-dhcp/em01.sources)',
  ]);
});

test('an NTP client that is not in step goes for a clock set by hand, and comes back with servers', async () => {
  const states = { 'chrony.service': { active: true, enabled: true } };
  const units = unitsOf(states);
  const keeper = clientKeeper(units);
  const around = {
    broker: false,
    resolves: true,
    address: '',
    clockBy: 60,
    unresolved: [],
    keyboardNow: true,
  };
  const clock = { boot: 'one', since: 1 };
  const client = await keeper.read();
  const byHand = systemPlan({ kind: 'clock', time: '2026-11-29 14:30' }, { clock, client }, around);
  expect(byHand.steps).toMatchObject([
    { setting: 'client', before: 'chrony.service', after: '' },
    { setting: 'clock' },
  ]);
  expect(byHand.warnings.map(({ en }) => en).join()).toContain('chrony is not in step with any server');
  await keeper.write('');
  expect([await keeper.read(), states['chrony.service']]).toEqual(['', { active: false, enabled: false }]);
  const ntp = { service: 'chrony.service', servers: ['192.0.2.1'], others: [], synced: false };
  for (const [servers, count] of [
    [['192.0.2.1'], 1],
    [['192.0.2.2'], 2],
  ] as const) {
    const { steps } = systemPlan({ kind: 'ntp', servers: [...servers] }, { ntp, client: '' }, around);
    expect(steps.length).toBe(count);
    expect(steps[0]).toMatchObject({ setting: 'client', before: '', after: 'chrony.service' });
  }
  await keeper.write('chrony.service');
  expect(states['chrony.service']).toEqual({ active: true, enabled: true });
  await checkClock(units, async () => false);
  await expect(checkClock(units, async () => true)).rejects.toMatchObject({
    kind: 'conflict',
    field: 'time',
  });
});

test('no NTP client is installed: it is said so', async () => {
  await expect(ntpKeeper(unitsOf({})).read()).rejects.toMatchObject({ kind: 'unavailable' });
});

test('SSH that its socket would start again is off as well', async () => {
  const states = {
    'ssh.service': { active: false, enabled: false },
    'ssh.socket': { active: true, enabled: true },
  };
  const keeper = sshKeeper(unitsOf(states));
  expect(await keeper.read()).toEqual({ on: true, boots: true });
  await keeper.write({ on: false, boots: false });
  expect(await keeper.read()).toEqual({ on: false, boots: false });
  expect(states['ssh.socket']).toEqual({ active: false, enabled: false });
});

test('the cost of turning SSH off: who stays, and who does not', () => {
  const around = {
    broker: false,
    resolves: true,
    address: '',
    clockBy: 0,
    unresolved: [],
    keyboardNow: true,
  };
  const ssh = { on: true, boots: true, sessions: ['192.0.2.5'], sessionsStay: true, fingerprints: [] };
  const said = (sessionsStay: boolean) =>
    systemPlan({ kind: 'ssh', on: false }, { ssh: { ...ssh, sessionsStay } }, around)
      .warnings.map(({ en }) => en)
      .join('\n');
  expect(said(true)).toContain('who is in stays until he leaves: 1 (192.0.2.5)');
  expect(said(false)).toContain('ENDS 1 sessions now: 192.0.2.5');
});

test('names of machines', () => {
  expect(['a', 'kvm-07', 'n'.repeat(63)].map(hostnameProblem)).toEqual([undefined, undefined, undefined]);
  expect(hostnameProblem('n'.repeat(64))?.en).toBe('is longer than 63 characters');
  expect(hostnameProblem('主机')?.en).toContain('something else');
});

test('node.ini: one line changes, the others stay', async () => {
  mkdirSync(join(folder, 'etc'));
  const path = join(folder, 'etc/node.ini');
  writeFileSync(path, '; kept\nidle_minutes = 5\nblank_minutes=3\n');
  await setInNodeIni(join(folder, 'etc'), 'blank_minutes', '9');
  expect(readFileSync(path, 'utf8')).toBe('; kept\nidle_minutes = 5\nblank_minutes = 9\n');
  expect(await settingIn(join(folder, 'etc'), 'blank_minutes')).toBe('9');
  await setInNodeIni(join(folder, 'etc'), 'blank_minutes');
  expect(readFileSync(path, 'utf8')).toBe('; kept\nidle_minutes = 5\n');
});

test('half done is undone: what reads neither old nor new counts as begun', async () => {
  let value = 'old';
  const keeper = {
    read: async () => value,
    write: async (next: string) => {
      value = next;
    },
  };
  const executor = setSetting<SetSetting<'zone'>>({ zone: keeper });
  const step = {
    type: 'system.set',
    setting: 'zone',
    before: 'old',
    after: 'new',
    words: { en: '', zh: '' },
  } as const;
  expect(await executor.settle(step, DOING)).toBe('not done');
  value = 'torn';
  expect(await executor.settle(step, DOING)).toBe('done');
  await executor.undo(step, DOING);
  await executor.undo(step, DOING);
  expect(value).toBe('old');
  const deaf = { read: async () => value, write: async () => undefined };
  await expect(setSetting<SetSetting<'zone'>>({ zone: deaf }).apply(step, DOING)).rejects.toMatchObject({
    kind: 'failed',
  });
});
