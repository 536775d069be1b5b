import { createHash, randomBytes } from 'node:crypto';
import { Fault } from '../api/fault.ts';
import { bracketed } from '../api/host.ts';
import type { Secret } from '../api/secret-text.ts';
import { say } from '../api/words.ts';
import { run } from './exec.ts';

/** How this machine's broker is administered: a command and what it needs in its environment. */
export interface BrokerCommand {
  command: readonly string[];
  env?: Record<string, string>;
}

export const RABBITMQCTL: BrokerCommand = { command: ['rabbitmqctl'] };

/** A user as the broker keeps it: a salted hash, never the password. */
export interface BrokerUser {
  name: string;
  password_hash: string;
  hashing_algorithm: string;
  tags: string[];
}

const ALGORITHM = 'rabbit_password_hashing_sha256';
const COMMAND_MILLISECONDS = 60_000;
/** The command gives a broker seven seconds to greet it, which a busy machine may need more of; it has done nothing then. */
const BUSY = /TCP connection succeeded but Erlang distribution failed/;
const TRIES = 3;
const IMPORT_MILLISECONDS = 30_000;
const DEFINITIONS_LIMIT = 64 * 1024 * 1024;

/** This machine's broker, administered with the right of the system's own root. */
export class Broker {
  readonly #place: BrokerCommand;

  constructor(place: BrokerCommand = RABBITMQCTL) {
    this.#place = place;
  }

  /** Undefined when there is no such user. */
  async user(name: string): Promise<BrokerUser | undefined> {
    const text = await this.ask(['export_definitions', '-', '--quiet']);
    const { users } = JSON.parse(text) as { users: BrokerUser[] };
    const user = users.find((one) => one.name === name);
    return user && { ...user, tags: [...user.tags] };
  }

  /** Sets hash and tags of a user; open connections go on. Settles when the broker has taken it over. */
  async putUser(user: BrokerUser): Promise<void> {
    await this.ask(['import_definitions', '--quiet'], JSON.stringify({ users: [user] }));
    // On a busy machine the command alone takes as long.
    const until = performance.now() + IMPORT_MILLISECONDS;
    while ((await this.user(user.name))?.password_hash !== user.password_hash) {
      if (performance.now() > until) throw notTaken();
    }
  }

  /**
   * Runs one command of rabbitmqctl. Faults: `unavailable` (broker down), `failed`. Its long explanations stay out:
   * they tell more of the machine than a message should.
   */
  async ask(argv: readonly string[], input = ''): Promise<string> {
    const { command, env = {} } = this.#place;
    const options = { timeout: COMMAND_MILLISECONDS, maxBytes: DEFINITIONS_LIMIT, input, env };
    let { code, stdout, stderr } = await run([...command, ...argv], options);
    for (let again = 1; again < TRIES && code !== 0 && BUSY.test(stderr); again++)
      ({ code, stdout, stderr } = await run([...command, ...argv], options));
    if (code === 0) return stdout;
    const text = `${stderr}\n${stdout}`;
    if (/unable to perform an operation on node|nodedown|is_not_running|not running/.test(text)) throw down();
    const why = /^\s*(?:Error:)?\s*(\S.*)/m.exec(stderr)?.[1]?.trim() || `exit code ${code}`;
    throw new Fault('failed', say(`RabbitMQ: ${argv[0]}: ${why}`, `RabbitMQ：${argv[0]}：${why}`));
  }
}

/** What the broker stores for a password: four bytes of salt before the hash of both. */
export function brokerHash(password: Secret): Pick<BrokerUser, 'password_hash' | 'hashing_algorithm'> {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update(password.reveal()).digest();
  return { password_hash: Buffer.concat([salt, hash]).toString('base64'), hashing_algorithm: ALGORITHM };
}

export interface BrokerLogin {
  host: string;
  port: number;
  user: string;
  password: Secret;
}

const LOGIN_MILLISECONDS = 10_000;

/** Logs in once over AMQP and leaves. False when the broker refuses the user or password; faults: `unavailable`. */
export async function isBrokerPassword({ host, port, user, password }: BrokerLogin): Promise<boolean> {
  // Loaded when it is first needed.
  const { Connection } = await import('rabbitmq-client');
  const connection = new Connection({
    hostname: host,
    port,
    username: user,
    password: password.reveal(),
    connectionTimeout: LOGIN_MILLISECONDS,
    acquireTimeout: LOGIN_MILLISECONDS,
  });
  try {
    return await new Promise<boolean>((resolve, reject) => {
      connection.once('connection', () => resolve(true));
      connection.once('error', (error: { code?: string }) => {
        if (error.code === 'ACCESS_REFUSED') resolve(false);
        else reject(unreachable(host, port, error));
      });
    });
  } finally {
    connection.unsafeDestroy();
  }
}

const NEXT = say(
  'start the broker; after a change of the hostname: zstack-ctl reset_rabbitmq',
  '请启动消息队列；若修改过主机名：zstack-ctl reset_rabbitmq',
);
const down = (): Fault =>
  new Fault('unavailable', say('RabbitMQ does not run', 'RabbitMQ 未运行'), { next: NEXT });
const notTaken = (): Fault =>
  new Fault('failed', say('RabbitMQ has not taken the new user over', 'RabbitMQ 未接受新的用户设置'));
function unreachable(host: string, port: number, error: { code?: string }): Fault {
  const words = say(
    `cannot connect to RabbitMQ at ${bracketed(host)}:${port}: ${error.code ?? 'no answer'}`,
    `无法连接 RabbitMQ（${bracketed(host)}:${port}）：${error.code ?? '没有应答'}`,
  );
  return new Fault('unavailable', words, { next: NEXT, cause: error });
}
