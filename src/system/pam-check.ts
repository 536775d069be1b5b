import { existsSync, readFileSync } from 'node:fs';
import koffi from 'koffi';

/**
 * The program that talks with PAM (pam(3)), by koffi: user and password on two lines of stdin, the verdict as JSON on
 * stdout. Needs root: pam_unix reads /etc/shadow itself.
 */
export type PamAnswer =
  | { verdict: 'right' | 'wrong' }
  /** What of it; the password itself may be the right one. */
  | { verdict: 'expired'; what: 'account' | 'password' }
  | { verdict: 'broken'; why: string };

const SERVICE_FOLDERS = ['/etc/pam.d', '/usr/lib/pam.d', '/usr/share/pam.d'];

/** Our own service, or the system's default for programs that have none. */
function pamService(): string {
  const service = ['zs-guard', 'other'].find((name) =>
    SERVICE_FOLDERS.some((folder) => existsSync(`${folder}/${name}`)),
  );
  if (service === undefined) throw new Error('PAM has no service for the password check');
  return service;
}

const SILENT = 0x8000;
const PROMPT_ECHO_OFF = 1;
const PROMPT_ECHO_ON = 2;
const SUCCESS = 0;
const BUF_ERR = 5;
const CONV_ERR = 19;
/** PERM_DENIED, AUTH_ERR, USER_UNKNOWN, MAXTRIES: all of them mean no. */
const WRONG = new Set([6, 7, 10, 11]);
const ACCOUNT_EXPIRED = 13;
/** And was not changed in the time that there was for it. */
const PASSWORD_EXPIRED = 27;
/** The right password, which should be changed soon. */
const NEW_PASSWORD_WANTED = 12;

type Pam = ReturnType<typeof loadPam>;

function loadPam() {
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

/** One question, one answer. Synchronous from end to end: PAM calls back from within its own call. */
function check(user: string, password: string): PamAnswer {
  const pam = loadPam();
  const callback = koffi.register(answerer(pam, password), pam.conversation);
  const handle: [bigint | null] = [null];
  const started: number = pam.start(pamService(), user, { conv: callback, data: null }, handle);
  if (started !== SUCCESS) return broken(pam, null, started);
  const authenticated: number = pam.authenticate(handle[0], SILENT);
  const code: number = authenticated || pam.account(handle[0], SILENT);
  // A right password that opens nothing for another reason is no wrong one.
  const isBarred = authenticated === SUCCESS && WRONG.has(code);
  const answer = isBarred ? broken(pam, handle[0], code) : verdict(pam, handle[0], code);
  pam.end(handle[0], code);
  return answer;
}

function verdict(pam: Pam, handle: bigint | null, code: number): PamAnswer {
  if (code === SUCCESS || code === NEW_PASSWORD_WANTED) return { verdict: 'right' };
  if (code === ACCOUNT_EXPIRED) return { verdict: 'expired', what: 'account' };
  if (code === PASSWORD_EXPIRED) return { verdict: 'expired', what: 'password' };
  return WRONG.has(code) ? { verdict: 'wrong' } : broken(pam, handle, code);
}

const broken = (pam: Pam, handle: bigint | null, code: number): PamAnswer => ({
  verdict: 'broken',
  why: String(pam.strerror(handle, code)),
});

/** Answers every question with the password: PAM frees the answers itself. */
function answerer({ calloc, strdup, message, response }: Pam, password: string) {
  return (count: number, messages: bigint, responses: bigint): number => {
    const block = calloc(count, koffi.sizeof(response));
    if (block === null) return BUF_ERR;
    const pointers: bigint[] = koffi.decode(messages, 'void *', count);
    for (const [index, pointer] of pointers.entries()) {
      const { style } = koffi.decode(pointer, message);
      if (style === PROMPT_ECHO_ON) return CONV_ERR;
      const text = style === PROMPT_ECHO_OFF ? strdup(password) : null;
      koffi.encode(block, index * koffi.sizeof(response), response, { text, code: 0 });
    }
    koffi.encode(responses, 'void *', block);
    return SUCCESS;
  };
}

function main(): void {
  const [user = '', password = ''] = readFileSync(0, 'utf8').split('\n');
  process.stdout.write(JSON.stringify(check(user, password)));
}

main();
