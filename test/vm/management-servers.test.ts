import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { ROOT_PASSWORD } from '../../scripts/vm/images.mts';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { type Lab, machineTest } from './driver/machine-test.ts';
import { choose, MENU, seeFigures, unlock } from './driver/person.ts';
import { until } from './driver/wait.ts';

/** Words that occur nowhere else: finding one, however the rest of its password is written there, is a leak. */
const MARKS = {
  first: 'zqFirst1',
  root: 'zqRoot2',
  database: 'zqDb3',
  broker: 'zqBroker4',
  wrong: 'zqWrong5',
  copier: 'zqCopier7',
};
const PLANTED = 'zqPlanted6';

const FIRST = `${MARKS.first}-word`;
const MYSQL_ROOT = `${MARKS.root}-word`;
const NEW_DATABASE = `${MARKS.database} "q'uote" $x\\ %s;\`{~}`;
const NEW_BROKER = `${MARKS.broker} #broker=word!`;
const INSTALL = '/usr/local/zstack';
const PROPERTIES = `${INSTALL}/apache-tomcat/webapps/zstack/WEB-INF/classes/zstack.properties`;
const SERVICE_LOG = `${INSTALL}/apache-tomcat/logs/management-server.log`;
const EXPORT_PORT = 8090;
/** RabbitMQ alone takes two minutes to start under emulation. */
const SET_UP_MS = 600_000;

/** What an installer does: the server's accounts, and the service's configuration that names it. */
const DATABASE_SET_UP = `
systemctl start mariadb
mysql --default-character-set=utf8mb4 <<SQL
CREATE DATABASE zstack DEFAULT CHARACTER SET utf8mb4;
CREATE TABLE zstack.planted (id INT PRIMARY KEY, word VARCHAR(64));
INSERT INTO zstack.planted VALUES (1, 'one'), (2, NULL), (3, 'drei ü 中');
CREATE USER zstack@localhost IDENTIFIED BY '${FIRST}', zstack@'127.0.0.1' IDENTIFIED BY '${FIRST}';
GRANT ALL ON zstack.* TO zstack@localhost, zstack@'127.0.0.1';
ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('${MYSQL_ROOT}') OR unix_socket;
SET GLOBAL general_log_file = 'general.log', GLOBAL general_log = 1;
SQL
cat > ${PROPERTIES} <<END
# a comment that stays
management.server.ip = 10.0.2.15
DB.url = jdbc:mysql://127.0.0.1:3306
DB.user = zstack
DB.password = ${FIRST}
END
`;

/** Passwords by stdin: su, by which rabbitmqctl runs, leaves its command line in the journal. */
const BROKER_SET_UP = `
systemctl start rabbitmq-server
echo '${FIRST}' | rabbitmqctl add_user zstack
rabbitmqctl -q set_permissions zstack '.*' '.*' '.*'
cat >> ${PROPERTIES} <<END
CloudBus.serverIp.0 = 127.0.0.1
CloudBus.rabbitmqUsername = zstack
CloudBus.rabbitmqPassword = ${FIRST}
END
`;

/** The service answers, and says that it works with these servers. */
async function serviceRuns(machine: Machine, engines: string): Promise<void> {
  let last = '';
  const answers = async () => {
    last = (await machine.attempt(['zstack-ctl', 'status'])).stdout.toString();
    return (/MN status: Running/.test(last) && last.includes(engines)) || undefined;
  };
  await until('a running management service', answers, { everyMs: 1000, explain: () => last });
}

/** The node as an installer leaves it, with its menu open. */
async function managementNode(lab: Lab, ...setUp: string[]): Promise<Machine> {
  const machine = await lab.clone(await bootedAppliance('management'));
  await seeFigures(machine);
  const script = [...setUp, 'systemctl restart zs-management'].join('\n');
  await machine.shell(script, { limitMs: SET_UP_MS });
  await unlock(machine, 'f2');
  await machine.screen.see(MENU);
  return machine;
}

/** Closes the windows over the menu, one key each. */
async function backToMenu(machine: Machine): Promise<void> {
  for (let before = await machine.screen.text(); before.includes('┌'); ) {
    await machine.keyboard.press('esc');
    before = await until('a window less', async () => {
      const now = await machine.screen.text();
      return now === before ? undefined : now;
    });
  }
  await machine.screen.see(MENU);
}

/** Opens an entry of the menu. */
async function enter(machine: Machine, entry: string, shows: RegExp): Promise<void> {
  await choose(machine, entry);
  await machine.screen.see(shows);
}

/** For a node that keeps its messages in the service. */
const NO_BROKER_SET_UP = 'systemctl mask --now rabbitmq-server';

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

/** What somebody elsewhere gets under an address that the screen shows. */
async function download(machine: Machine, text: string, name: RegExp): Promise<Buffer> {
  const [, path = ''] = new RegExp(`http://10\\.0\\.2\\.15:${EXPORT_PORT}(/\\S+/)`).exec(text) ?? [];
  const [file = ''] = name.exec(text) ?? [];
  expect([path.length > 20, file]).toEqual([true, expect.stringMatching(name)]);
  const port = await machine.forward(EXPORT_PORT);
  const at = (rest: string) => `http://127.0.0.1:${port}${path}${rest}`;
  expect(await (await fetch(at(''))).text()).toContain(`href="${file}"`);
  const answer = await fetch(at(file));
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

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

/** All rows of the planted table, as the plain client prints them. */
const ROWS = 'SELECT * FROM zstack.planted ORDER BY id';
const CLIENT = ['mysql', '--default-character-set=utf8mb4'];

/** A server of its own with nothing in it, into which the plain client loads a dump and prints the rows. */
const ELSEWHERE = `set -e
mariadb-install-db --user=mysql --datadir=/var/tmp/empty >/dev/null 2>&1
mariadbd --user=mysql --datadir=/var/tmp/empty --socket=/var/tmp/empty.sock --pid-file=/var/tmp/empty.pid \\
  --skip-networking >/dev/null 2>&1 &
until mysqladmin -S /var/tmp/empty.sock ping >/dev/null 2>&1; do sleep 0.5; done
zcat /var/tmp/dump.gz | mysql -S /var/tmp/empty.sock
mysql --default-character-set=utf8mb4 -S /var/tmp/empty.sock -e "$1"
mysqladmin -S /var/tmp/empty.sock shutdown`;

/** Another machine that has an sshd; here it is this one. */
const COPIER_SET_UP = `useradd --create-home copier; echo 'copier:${MARKS.copier}' | chpasswd`;
const COPIES = '/home/copier/backups';
const BACKUPS = '/var/lib/zstack/mysql-backup';

/** In the list of backups: sets up the copy, and lets the timetable's own unit make the next backup. */
async function expectCopied(machine: Machine): Promise<void> {
  await machine.keyboard.press('f7');
  await machine.screen.see(/used once/);
  await machine.keyboard.type(`10.0.2.15\t\tcopier\t${COPIES}\t${MARKS.copier}\n`);
  await machine.screen.see(/Is this its host key\?/);
  await machine.keyboard.press('y');
  await machine.screen.see(/Every backup is copied there from now on/);
  await machine.keyboard.press('ret');
  await machine.run(['systemctl', 'start', 'zs-backup'], { limitMs: SET_UP_MS });
  const names = (await machine.run(['ls', COPIES])).trim().split('\n');
  expect(names).toEqual([expect.stringMatching(/^zstack-backup-db-[\d_-]+\.gz$/)]);
  await machine.run(['cmp', `${COPIES}/${names[0]}`, `${BACKUPS}/${names[0]}`]);
  expect(await machine.run(['zstack-ctl', 'backup_copy'])).toContain('last copy: ');
}

async function typePhrase(machine: Machine, phrase: string): Promise<void> {
  await machine.screen.see(new RegExp(`Type ${phrase} to confirm`));
  await machine.keyboard.type(`${phrase}\n`);
}

const mainProcess = async (machine: Machine): Promise<string> =>
  (await machine.run(['systemctl', 'show', '-P', 'MainPID', 'zs-management'])).trim();

machineTest(
  'a backup is made, downloaded, loaded by the plain client elsewhere, copied to another machine by the timetable, and put back; stop, start, restart and both resets',
  async (lab) => {
    const machine = await managementNode(lab, NO_BROKER_SET_UP, DATABASE_SET_UP, COPIER_SET_UP);
    const engines = 'MariaDB store, ';
    await serviceRuns(machine, engines);
    const rows = () => machine.run([...CLIENT, '-e', ROWS]);
    const before = await rows();
    expect(before).toBe('id\tword\n1\tone\n2\tNULL\n3\tdrei ü 中\n');

    await enter(machine, 'Backup Database', /no backup yet/);
    await machine.keyboard.press('f3');
    expect(await machine.screen.see(/The database is backed up/)).toMatch(/proven: \d+ tables, \d+ rows/);
    await machine.keyboard.press('ret');
    await machine.screen.see(/> .*MySQL +zstack-backup-db-/);
    await machine.keyboard.press('f4');
    const told = await machine.screen.see(/The address ends at/);
    const dump = await download(machine, told, /zstack-backup-db-[\d_-]+\.gz/);
    await machine.put('/var/tmp/dump.gz', dump);
    expect(await machine.run(['bash', '-c', ELSEWHERE, 'bash', ROWS])).toBe(before);
    await machine.keyboard.press('ret');
    await machine.screen.gone(/The address ends at/);
    await expectCopied(machine);

    await machine.run(['mysql', '-e', "UPDATE zstack.planted SET word = 'lost'"]);
    await machine.keyboard.press('ret');
    await machine.screen.see(/MySQL root password/);
    await machine.keyboard.type(`${MYSQL_ROOT}\n`);
    await typePhrase(machine, 'restore database');
    await machine.screen.see(/The database is restored/);
    expect(await rows()).toBe(before);
    await serviceRuns(machine, engines);
    await backToMenu(machine);

    let process = await mainProcess(machine);
    for (const [order, label, shows, running] of [
      ['stop zstack', 'Stop', /Database +mariadb\.service +stopped/, false],
      ['start zstack', 'Start +│', /Service +zs-management\.service +runs/, true],
      ['restart zstack', 'Restart', /Service +zs-management\.service +runs/, true],
    ] as const) {
      await enter(machine, 'Start/Stop/Restart ZStack Service', /│ +> Start +│/);
      await choose(machine, label);
      await typePhrase(machine, order);
      expect(await machine.screen.see(/│ done +│/)).toMatch(shows);
      const active = (await machine.attempt(['systemctl', 'is-active', 'zs-management', 'mariadb'])).stdout;
      expect(active.toString()).toBe(running ? 'active\nactive\n' : 'inactive\ninactive\n');
      expect(await mainProcess(machine)).not.toBe(process);
      process = await mainProcess(machine);
      await backToMenu(machine);
    }
    await serviceRuns(machine, engines);

    for (const [label, phrase, done] of [
      ['Reset ZStack Service', 'reset zstack', /the database stayed/],
      ['Reset ZStack Service & Drop', 'reset zstack drop database', /its database is empty/],
    ] as const) {
      await choose(machine, label);
      await typePhrase(machine, phrase);
      const shown = await machine.screen.see(done);
      expect(shown).toMatch(/proven: \d+ tables, \d+ rows/);
      expect(shown).toContain('The management service runs.');
      const [own = ''] = /zstack-before-reset-[\d_-]+\.gz/.exec(shown) ?? [];
      expect(await machine.run(['zcat', `${BACKUPS}/${own}`])).toContain('drei ü 中');
      if (phrase === 'reset zstack') expect(await rows()).toBe(before);
      await serviceRuns(machine, engines);
      await backToMenu(machine);
    }
    const tables = await machine.run(['mysql', '-N', '-e', 'SHOW TABLES IN zstack']);
    expect(tables.split('\n')).toContain('management_node');
    expect(tables).not.toContain('planted');
  },
  30,
);
