import { existsSync } from 'node:fs';
import koffi from 'koffi';
import { Fault } from '../api/fault.ts';
import type { Secret } from '../api/secret-text.ts';
import { say } from '../api/words.ts';

/** Checks passwords through the system's PAM (pam(3)). Needs root: pam_unix reads /etc/shadow itself. */

const SERVICE_FOLDERS = ['/etc/pam.d', '/usr/lib/pam.d', '/usr/share/pam.d'];

/** Our own service, or the system's default for programs that have none. */
export function pamService(): string {
  const service = ['zs-guard', 'other'].find((name) =>
    SERVICE_FOLDERS.some((folder) => existsSync(`${folder}/${name}`)),
  );
  if (service !== undefined) return service;
  throw new Fault(
    'unavailable',
    say('PAM has no service for the password check', 'PAM 没有用于密码检查的服务'),
  );
}

const SILENT = 0x8000;
const PROMPT_ECHO_OFF = 1;
const PROMPT_ECHO_ON = 2;
const SUCCESS = 0;
const BUF_ERR = 5;
const CONV_ERR = 19;
/** PERM_DENIED, AUTH_ERR, USER_UNKNOWN, MAXTRIES, ACCT_EXPIRED, AUTHTOK_EXPIRED: all of them mean no. */
const WRONG = new Set([6, 7, 10, 11, 13, 27]);
/** The right password, which should be changed soon. */
const NEW_PASSWORD_WANTED = 12;

let loaded: ReturnType<typeof load> | undefined;

// Loaded at the first check: a machine without libpam must still be able to show what it has.
function load() {
  const libpam = koffi.load('libpam.so.0');
  const libc = koffi.load('libc.so.6');
  const conversation = koffi.proto(
    'int pam_conversation(int count, const void **messages, void **responses, void *data)',
  );
  koffi.struct('pam_conv', { conv: koffi.pointer(conversation), data: 'void *' });
  return {
    conversation: koffi.pointer(conversation),
    message: koffi.struct({ style: 'int', text: 'const char *' }),
    response: koffi.struct({ text: 'void *', code: 'int' }),
    calloc: libc.func('void *calloc(size_t, size_t)'),
    strdup: libc.func('void *strdup(const char *)'),
    start: libpam.func('int pam_start(const char *, const char *, pam_conv *, _Out_ void **)'),
    authenticate: libpam.func('int pam_authenticate(void *, int)'),
    account: libpam.func('int pam_acct_mgmt(void *, int)'),
    end: libpam.func('int pam_end(void *, int)'),
    strerror: libpam.func('const char *pam_strerror(void *, int)'),
  };
}

function pam() {
  try {
    loaded ??= load();
    return loaded;
  } catch (error) {
    throw new Fault('unavailable', say('libpam is not installed', '未安装 libpam'), { cause: error });
  }
}

let queue: Promise<unknown> = Promise.resolve();

/**
 * Whether this is the user's password. One check at a time. Throws `unavailable` when the check itself does not work:
 * not root, no libpam, no service, a PAM module that fails.
 */
export function isPassword(user: string, password: Secret): Promise<boolean> {
  const answer = queue.then(() => check(user, password));
  queue = answer.catch(() => {});
  return answer;
}

async function check(user: string, password: Secret): Promise<boolean> {
  if (process.getuid?.() !== 0) throw needsRoot();
  const { conversation } = pam();
  const callback = koffi.register(answerer(password), conversation);
  try {
    return await talk(pamService(), user, callback);
  } finally {
    koffi.unregister(callback);
  }
}

async function talk(service: string, user: string, callback: bigint): Promise<boolean> {
  const { start, authenticate, account, end } = pam();
  const handle: [bigint | null] = [null];
  const started: number = start(service, user, { conv: callback, data: null }, handle);
  if (started !== SUCCESS) throw broken(null, started);
  let code = SUCCESS;
  try {
    // In a thread of its own: a check takes up to seconds, and its questions come back to this one.
    code = await called(authenticate, handle[0], SILENT);
    if (code === SUCCESS) code = await called(account, handle[0], SILENT);
    return verdict(handle[0], code);
  } finally {
    end(handle[0], code);
  }
}

function verdict(handle: bigint | null, code: number): boolean {
  if (code === SUCCESS || code === NEW_PASSWORD_WANTED) return true;
  if (WRONG.has(code)) return false;
  throw broken(handle, code);
}

interface Native {
  async(...args: unknown[]): void;
}

function called(call: Native, ...args: unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, code: number) => (error === null ? resolve(code) : reject(error));
    call.async(...args, done);
  });
}

/** Answers every question with the password: PAM frees the answers itself. */
function answerer(password: Secret) {
  return (count: number, messages: bigint, responses: bigint): number => {
    const { calloc, strdup, message, response } = pam();
    const block = calloc(count, koffi.sizeof(response));
    if (block === null) return BUF_ERR;
    const pointers: bigint[] = koffi.decode(messages, 'void *', count);
    for (const [index, pointer] of pointers.entries()) {
      const { style } = koffi.decode(pointer, message);
      if (style === PROMPT_ECHO_ON) return CONV_ERR;
      const text = style === PROMPT_ECHO_OFF ? strdup(password.reveal()) : null;
      koffi.encode(block, index * koffi.sizeof(response), response, { text, code: 0 });
    }
    koffi.encode(responses, 'void *', block);
    return SUCCESS;
  };
}

const needsRoot = (): Fault =>
  new Fault('unavailable', say('the password check needs root', '密码检查需要 root 权限'));

function broken(handle: bigint | null, code: number): Fault {
  const why = pam().strerror(handle, code);
  return new Fault(
    'unavailable',
    say(`the password check does not work: ${why}`, `密码检查无法进行：${why}`),
  );
}
