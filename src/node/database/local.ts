import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { isHere } from '../network/here.ts';
import { databaseLogin, type Login } from '../zstack/settings.ts';

/** The service's database, when this machine has it. Throws `conflict` otherwise. */
export async function localDatabase(properties: string): Promise<Login> {
  const login = databaseLogin(await readPropertiesOrNone(properties));
  if (login === undefined) throw embedded();
  if (!isHere(login.host)) throw elsewhere(login.host);
  return login;
}

const embedded = (): Fault =>
  new Fault(
    'conflict',
    say('this node keeps its data in the embedded store, not in MySQL', '本节点使用内置存储，而非 MySQL'),
  );

const elsewhere = (host: string): Fault =>
  new Fault('conflict', say(`the database is on another machine: ${host}`, `数据库在另一台机器上：${host}`), {
    next: say('change the password there', '请在该机器上修改密码'),
  });
