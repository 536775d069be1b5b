import { expect } from 'vitest';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import {
  backToMenu,
  DATABASE_SET_UP,
  download,
  enter,
  MYSQL_ROOT,
  managementNode,
  NO_BROKER_SET_UP,
  SET_UP_MS,
  serviceRuns,
} from './driver/management.ts';
import { choose } from './driver/person.ts';

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

const COPIER = 'copier-word';
/** Another machine that has an sshd; here it is this one. */
const COPIER_SET_UP = `useradd --create-home copier; echo 'copier:${COPIER}' | chpasswd`;
const COPIES = '/home/copier/backups';
const BACKUPS = '/var/lib/zstack/mysql-backup';

/** In the list of backups: sets up the copy, and lets the timetable's own unit make the next backup. */
async function expectCopied(machine: Machine): Promise<void> {
  await machine.keyboard.press('f7');
  await machine.screen.see(/used once/);
  await machine.keyboard.type(`10.0.2.15\t\tcopier\t${COPIES}\t${COPIER}\n`);
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
      [
        'start zstack',
        'Start +│',
        /rabbitmq-server\.service +not used[\s\S]*zs-management\.service +runs/,
        true,
      ],
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
