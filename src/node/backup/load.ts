import { type Readable, Transform } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import type { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { pipeThrough } from '../../system/pipe.ts';
import { LONGEST_STATEMENT } from './dump.ts';

const LIMIT_MILLISECONDS = 6 * 3_600_000;
/** What the server's own settings would end a load by that goes on for hours. */
const PATIENCE =
  'SET SESSION net_read_timeout = 3600, net_write_timeout = 3600, wait_timeout = 86400, max_statement_time = 0';

export interface Loader {
  socket: string;
  user: string;
  /** Absent for the server's own root, who is known by the socket. */
  password?: Secret;
  /** Where what names no database goes. */
  database?: string;
}

/**
 * Loads the text of a dump. It is from anywhere: the client must not take the lines in it that run programs or name
 * files. One that cannot be told so gets no text that has such lines.
 */
export async function load(
  { socket, user, password, database }: Loader,
  text: Readable,
  signal: AbortSignal,
): Promise<void> {
  const hasSandbox = await knowsSandbox();
  const argv = [
    ...['mariadb', '--no-defaults', '--local-infile=0', ...(hasSandbox ? ['--sandbox'] : [])],
    ...[`--socket=${socket}`, `--user=${user}`, '--default-character-set=utf8mb4', '--batch'],
    ...[LONGEST_STATEMENT, `--init-command=${PATIENCE}`],
    ...(database === undefined ? [] : [`--database=${database}`]),
  ];
  await pipeThrough(argv, {
    timeout: LIMIT_MILLISECONDS,
    input: hasSandbox ? text : text.compose(withoutCommands()),
    signal,
    ...(password === undefined ? {} : { env: { MYSQL_PWD: password.reveal() } }),
  });
}

/** Clients from before 2024 have no such option. */
const knowsSandbox = async (): Promise<boolean> =>
  (await run(['mariadb', '--no-defaults', '--help'], { timeout: 10_000 })).stdout.includes('--sandbox');

/** A client's commands at the start of a line that reach beyond the database. Lines of data are never broken in two. */
const WORD = /\n\s*(?:system|source|tee|pager|edit|connect|charset)(?=[\s;])/i;
/**
 * The same by their letters, which the client takes anywhere but in quotes. No dump escapes any of these, so what is
 * quoted need not be known: two backslashes are one that is escaped, in quotes and out of them.
 */
const LETTER = /(?<!\\)(?:\\\\)*\\[!.TPeC]/;
/** What may be the beginning of either. */
const BEGINNING = /(?:\n\s*[a-z]{0,8}|\\+)$/i;

/** Passes everything on until a line would make a client run a program, read a file or write one. */
export function withoutCommands(): Transform {
  // What was not weighed yet: the first line begins as if another one had ended.
  let before = '\n';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = before + chunk.toString('latin1');
      if (WORD.test(text) || LETTER.test(text)) return done(runsPrograms());
      before = BEGINNING.exec(text)?.[0] ?? '';
      done(null, chunk);
    },
  });
}

const runsPrograms = (): Fault =>
  new Fault(
    'conflict',
    say(
      'the dump holds commands that run programs or read and write files',
      '备份中包含可运行程序或读写文件的命令',
    ),
    { field: 'file' },
  );
