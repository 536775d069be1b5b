/** Numbers of a user and its group. */
export interface Identity {
  uid: number;
  gid: number;
}

const WITHOUT_PRIVILEGE = [
  ...['--clear-groups', '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'],
  ...['--pdeathsig', 'SIGKILL', '--'],
];

/** What to put before a command so that it runs as another user, who gains nothing by it; nothing for this one's own. */
export function identityOf(who: Identity | undefined): string[] {
  if (who === undefined || who.uid === process.getuid?.()) return [];
  return ['setpriv', `--reuid=${who.uid}`, `--regid=${who.gid}`, ...WITHOUT_PRIVILEGE];
}
