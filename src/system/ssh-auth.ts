import type { AuthenticationType, AuthHandlerMiddleware, Prompt } from 'ssh2';
import { Fault } from '../api/fault.ts';
import type { Secret } from '../api/secret-text.ts';
import { say } from '../api/words.ts';

/** Ways of SSH in which a password can be given. */
const OTHER_WAY = 'keyboard-interactive';
const BY_PASSWORD: readonly string[] = ['password', OTHER_WAY];

/** One login: how it answers the server, and afterwards what stood against it. */
export class SshAuthentication {
  readonly #user: string;
  readonly #by: Secret | { key: string };
  /** Ways that the server takes, by its own answer. */
  #offered: readonly string[] = [];
  #triedOther = false;
  #asksMore = false;

  constructor(user: string, by: Secret | { key: string }) {
    this.#user = user;
    this.#by = by;
  }

  /**
   * The way asked for at once: ssh2 would ask to be let in by nothing first, which counts as a failure there. A
   * password goes by the other way when the first one is not taken; a wrong one is not tried twice.
   */
  readonly handler: AuthHandlerMiddleware = (
    left: AuthenticationType[] | null,
    partial,
    next,
  ): false | undefined => {
    const [by, username] = [this.#by, this.#user];
    if (left === null) {
      if ('key' in by) next({ type: 'publickey', username, key: by.key });
      else next({ type: 'password', username, password: by.reveal() });
      return undefined;
    }
    this.#offered = left;
    if (partial) this.#asksMore = true;
    const hasOther = !partial && left.includes(OTHER_WAY) && !left.includes('password');
    if ('key' in by || !hasOther || this.#triedOther) return false;
    this.#triedOther = true;
    next({ type: OTHER_WAY, username, prompt: this.#prompt(by) });
    return undefined;
  };

  /** Answers the first question alone: a second one wants a code, or a new password. */
  #prompt(password: Secret) {
    let answered = false;
    return (
      _name: string,
      _words: string,
      _language: string,
      prompts: Prompt[],
      finish: (answers: string[]) => void,
    ) => {
      const isPassword = prompts.length === 1 && !answered;
      if (prompts.length > 0 && !isPassword) this.#asksMore = true;
      if (isPassword) answered = true;
      finish(isPassword ? [password.reveal()] : prompts.map(() => ''));
    };
  }

  /** What else than a wrong password or key it was; undefined when it was that. */
  refusal(where: string): Fault | undefined {
    const ways = this.#offered.join(', ');
    if (this.#asksMore)
      return new Fault(
        'refused',
        say(`${where} asks for more than the password`, `${where} 要求密码以外的验证`),
        {
          next: say('a user who logs in with the password alone', '请使用仅凭密码即可登录的用户'),
        },
      );
    const wanted = 'key' in this.#by ? ['publickey'] : BY_PASSWORD;
    if (ways === '' || this.#offered.some((way) => wanted.includes(way))) return undefined;
    const [en, zh] = 'key' in this.#by ? ['no keys', '密钥'] : ['no passwords', '密码'];
    return new Fault(
      'refused',
      say(`${where} takes ${en}, only: ${ways}`, `${where} 不接受${zh}，仅接受：${ways}`),
      {
        next:
          'key' in this.#by
            ? say('allow PubkeyAuthentication there', '请在对方允许 PubkeyAuthentication')
            : say(
                'allow PasswordAuthentication or KbdInteractiveAuthentication there while this is set up',
                '设置期间请在对方允许 PasswordAuthentication 或 KbdInteractiveAuthentication',
              ),
      },
    );
  }
}
