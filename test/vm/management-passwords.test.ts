import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { ROOT_PASSWORD } from '../../scripts/vm/images.mts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import {
  BROKER_SET_UP,
  backToMenu,
  DATABASE_SET_UP,
  download,
  enter,
  FIRST,
  MYSQL_ROOT,
  managementNode,
  PROPERTIES,
  SERVICE_LOG,
  serviceRuns,
} from './driver/management.ts';

/** Words that occur nowhere else: finding one, however the rest of its password is written there, is a leak. */
const MARKS = {
  first: FIRST,
  root: MYSQL_ROOT,
  database: 'zqDb3',
  broker: 'zqBroker4',
  wrong: 'zqWrong5',
};
const PLANTED = 'zqPlanted6';

const NEW_DATABASE = `${MARKS.database} "q'uote" $x\\ %s;\`{~}`;
const NEW_BROKER = `${MARKS.broker} #broker=word!`;

/** Whether a log-in with the plain client works. The password goes in by stdin, as it may hold anything. */
async function opens(machine: Machine, program: string, password: string): Promise<boolean> {
  const { code, stderr } = await machine.attempt(['bash', '-c', program], { stdin: `${password}\n` });
  if (code === 0) return true;
  // A server that is down, or a client that is not there, refuses nobody.
  expect(stderr.toString()).toMatch(/Access denied|failed to authenticate/i);
  return false;
}

const DATABASE = `MYSQL_PWD=$(cat) mysql -h 127.0.0.1 -u zstack -e 'SELECT 1' zstack`;
const DATABASE_ROOT = `MYSQL_PWD=$(cat) setpriv --reuid nobody --regid nogroup --clear-groups mysql -u root -e 'SELECT 1'`;
const BROKER = 'rabbitmqctl authenticate_user zstack';

async function openPasswordForm(machine: Machine, kind: string): Promise<void> {
  await enter(machine, 'Change Passwords', new RegExp(`System root[\\s\\S]*${kind}`));
  await enter(machine, kind, /New again/);
}

async function submitPasswords(machine: Machine, words: readonly string[]): Promise<void> {
  await machine.keyboard.type(words.join('\t'));
  await machine.screen.see(/New again +\*+/);
  const text = await machine.screen.text();
  for (const mark of Object.values(MARKS)) expect(text).not.toContain(mark);
  await machine.keyboard.press('ret');
  await machine.screen.see(/<Y>/);
  await machine.keyboard.press('y');
}

async function changePassword(machine: Machine, kind: string, words: readonly string[]): Promise<void> {
  await openPasswordForm(machine, kind);
  await submitPasswords(machine, words);
  await machine.screen.see(/The password is changed\./);
  await backToMenu(machine);
}

const SAMPLES = '/run/ps-samples';
const SAMPLER = `while :; do ps axwwe -o args >> ${SAMPLES}; sleep 1; done`;

/** Does `work` while what `ps` shows of every process, its environment with it, is written down. */
async function sampled(machine: Machine, work: () => Promise<void>): Promise<void> {
  await machine.run(['systemd-run', '--quiet', '--unit=sampler', 'sh', '-c', SAMPLER]);
  await work();
  await machine.run(['systemctl', 'stop', 'sampler']);
}

/**
 * Files that hold one of the words, as they are or packed, and fields of the journal. The journal's own files are
 * read by journalctl alone, as it may have packed what is in them.
 */
const SEARCH = `
cat > /run/words
places='/etc /root /run /tmp /usr/local /var'
LC_ALL=C grep -rlaF -D skip --exclude-dir=journal --exclude=words -f /run/words $places
find $places -xdev -type f -name '*.gz' | while read -r file; do
  zcat -q "$file" 2>/dev/null | LC_ALL=C grep -qaFf /run/words && echo "$file"
done
journalctl --no-pager --all -o export | LC_ALL=C grep -aFf /run/words | sed 's/^/journal: /'
rm /run/words
`;

async function traces(machine: Machine, words: readonly string[]): Promise<string[]> {
  const { stdout } = await machine.attempt(['bash', '-c', SEARCH], { stdin: `${words.join('\n')}\n` });
  return stdout.toString().split('\n').filter(Boolean).sort();
}

/** A word where each kind of place could hold a secret. */
const PLANT = `
echo 'x${PLANTED}x' > /var/log/zstack/planted.log
gzip < /var/log/zstack/planted.log > /var/log/zstack/packed.log.gz
logger 'planted: ${PLANTED}'
sh -c 'sleep 5; :' ${PLANTED}
journalctl --sync
`;

machineTest(
  'passwords of MySQL, its root and RabbitMQ are changed by keyboard; the plain clients log in with the new ones, and nothing tells them',
  async (lab) => {
    const machine = await managementNode(lab, DATABASE_SET_UP, BROKER_SET_UP);
    const engines = 'MariaDB store, RabbitMQ messages';
    await serviceRuns(machine, engines);
    const newRoot = `${MYSQL_ROOT}-new`;

    await sampled(machine, async () => {
      await openPasswordForm(machine, 'MySQL zstack');
      await submitPasswords(machine, [MARKS.wrong, NEW_DATABASE, NEW_DATABASE]);
      await machine.screen.see(/wrong MySQL root password/);
      await submitPasswords(machine, [MYSQL_ROOT, NEW_DATABASE, NEW_DATABASE]);
      await machine.screen.see(/The password is changed\./);
      await backToMenu(machine);
    });
    expect(await opens(machine, DATABASE, FIRST)).toBe(false);
    expect(await opens(machine, DATABASE, NEW_DATABASE)).toBe(true);

    await sampled(machine, () =>
      changePassword(machine, 'RabbitMQ zstack', [ROOT_PASSWORD, NEW_BROKER, NEW_BROKER]),
    );
    expect(await opens(machine, BROKER, FIRST)).toBe(false);
    expect(await opens(machine, BROKER, NEW_BROKER)).toBe(true);

    await sampled(machine, () => changePassword(machine, 'MySQL root', [MYSQL_ROOT, newRoot, newRoot]));
    expect(await opens(machine, DATABASE_ROOT, MYSQL_ROOT)).toBe(false);
    expect(await opens(machine, DATABASE_ROOT, newRoot)).toBe(true);

    await serviceRuns(machine, engines);
    expect(await machine.run(['head', '-1', PROPERTIES])).toBe('# a comment that stays\n');

    await sampled(machine, async () => void (await machine.shell(PLANT)));
    const planted = await traces(machine, [PLANTED]);
    expect(planted).toEqual(
      expect.arrayContaining(['/var/log/zstack/packed.log.gz', '/var/log/zstack/planted.log', SAMPLES]),
    );
    expect(planted.filter((line) => line.startsWith('journal: ')).join()).toContain(`planted: ${PLANTED}`);
    expect(Number(await machine.run(['grep', '-c', '^COMMAND$', SAMPLES]))).toBeGreaterThan(20);
    // The service has to read its own passwords somewhere.
    expect(await traces(machine, Object.values(MARKS))).toEqual([PROPERTIES]);

    const careless = `login as zstack with ${NEW_DATABASE}, broker ${NEW_BROKER}, ${PLANTED}\n`;
    await machine.run(['tee', '-a', SERVICE_LOG], { stdin: careless });
    await enter(machine, 'Collect Logs', /Logs written in the last hour/);
    await machine.keyboard.press('ret');
    const told = await machine.screen.see(/The logs are collected\./);
    const bundle = gunzipSync(await download(machine, told, /collect-log-[\w.-]+\.tar\.gz/));
    expect(bundle.includes(`login as zstack with ***, broker ***, ${PLANTED}\n`)).toBe(true);
    expect(bundle.includes('DB.password = ***')).toBe(true);
    expect(Object.values(MARKS).filter((mark) => bundle.includes(mark))).toEqual([]);
  },
  25,
);
