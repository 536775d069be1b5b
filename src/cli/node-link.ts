import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { InputOf, ItemOf, NameOf, OutputOf } from '../api/action.ts';
import { type Connection, connect } from '../api/client.ts';
import { Fault, type FaultKind, type FaultRecord } from '../api/fault.ts';
import { type Job, watchJob } from '../api/jobs.ts';
import { placesOf } from '../api/places.ts';
import { isRole, type Role } from '../api/role.ts';
import { say } from '../api/words.ts';

/**
 * An action by name: the scripts ask either the controller that serves, or one that they start for this one action.
 * `node.call<typeof readNetwork>('network.read', {})` is typed and loads no schema.
 */
export interface NodeLink {
  /** Whether somebody else could confirm a change: only a controller that serves can be asked. */
  readonly serving: boolean;
  readonly role: Role;
  readonly version: string;
  call<A = never>(action: NameOf<A>, input: InputOf<A>): Promise<OutputOf<A>>;
  /** A long action, to its end; what it streams goes to `onItem`. */
  long<A = never>(
    action: NameOf<A>,
    input: InputOf<A>,
    onItem?: (item: ItemOf<A>) => void,
  ): Promise<OutputOf<A>>;
  close(): void;
}

/** Connects to the controller; where none listens, each action is carried out by a controller of its own. */
export async function openNode(dataDir: string | undefined): Promise<NodeLink> {
  try {
    const connection = await connect(placesOf(dataDir).controllerSocket, {
      program: 'script',
      line: '-',
      version: process.env.ZS_VERSION ?? '0',
    });
    return new Served(connection);
  } catch (thrown) {
    if (Fault.from(thrown).kind !== 'unavailable') throw thrown;
    return new Alone(dataDir);
  }
}

class Served implements NodeLink {
  readonly serving = true;
  readonly role: Role;
  readonly version: string;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.role = connection.server.role;
    this.version = connection.server.version;
  }

  call<A>(name: NameOf<A>, input: InputOf<A>): Promise<OutputOf<A>> {
    return this.#connection.call({ name }, input) as Promise<OutputOf<A>>;
  }

  async long<A>(
    name: NameOf<A>,
    input: InputOf<A>,
    onItem: (item: ItemOf<A>) => void = () => {},
  ): Promise<OutputOf<A>> {
    const { job: id } = await this.#connection.start({ name }, input);
    const job: Job = await this.#connection.call(
      watchJob,
      { id },
      { onItem: (news) => ('item' in news ? onItem(news.item as ItemOf<A>) : undefined) },
    );
    if (job.fault !== undefined) throw Fault.fromRecord(job.fault);
    return job.output as OutputOf<A>;
  }

  close(): void {
    this.#connection.close();
  }
}

/** Of one that ended before it came to the action: exit codes tell only this much of a fault's kind. */
const KINDS: Record<number, FaultKind> = { 1: 'failed', 2: 'conflict' };

class Alone implements NodeLink {
  readonly serving = false;
  readonly role: Role;
  readonly version = process.env.ZS_VERSION ?? '0';
  readonly #dataDir: string | undefined;

  constructor(dataDir: string | undefined) {
    this.#dataDir = dataDir;
    this.role = roleIn(placesOf(dataDir).config);
  }

  call<A>(action: NameOf<A>, input: InputOf<A>): Promise<OutputOf<A>> {
    return this.long<A>(action, input);
  }

  long<A>(
    action: NameOf<A>,
    input: InputOf<A>,
    onItem: (item: ItemOf<A>) => void = () => {},
  ): Promise<OutputOf<A>> {
    const data = this.#dataDir === undefined ? [] : ['--data', this.#dataDir];
    const program = join(dirname(process.argv[1] ?? ''), 'controller.cjs');
    const argv = [program, ...data, '--once', action, '--json'];
    const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output: unknown;
    let fault: Fault | undefined;
    let errors = '';
    const take = (line: string) => {
      const news = JSON.parse(line) as { item?: unknown; output?: unknown; fault?: FaultRecord };
      if ('item' in news) onItem(news.item as ItemOf<A>);
      else if (news.fault !== undefined) fault = Fault.fromRecord(news.fault);
      else output = news.output ?? undefined;
    };
    lines(child.stdout, take);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4096);
    });
    child.stdin.on('error', () => {}).end(JSON.stringify(input));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        code === 0 ? resolve(output as OutputOf<A>) : reject(fault ?? failure(code ?? 1, errors)),
      );
    });
  }

  close(): void {}
}

function lines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
  });
}

function failure(code: number, errors: string): Fault {
  const last = errors.trim().split('\n').at(-1) ?? '';
  const text = last.replace(/^zs-controller: /, '') || `exit code ${code}`;
  return new Fault(KINDS[code] ?? 'failed', say(text, text));
}

/** The node's role by its own file, where no controller tells it. */
function roleIn(config: string): Role {
  try {
    const word = readFileSync(join(config, 'role'), 'utf8').trim();
    return isRole(word) ? word : 'management';
  } catch {
    return 'management';
  }
}
