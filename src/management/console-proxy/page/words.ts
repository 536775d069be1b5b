import { type Lang, say, type Words } from '../../../api/words.ts';
import { CLOSED } from '../endings.ts';

/** What the page says. */
export const WORDS = {
  connecting: say('connecting …', '正在连接…'),
  connected: say('connected', '已连接'),
  password: say('Console password', '控制台密码'),
  wrong: say('the console password is wrong', '控制台密码错误'),
  go: say('Continue', '继续'),
  ctrlAltDel: say('Ctrl+Alt+Del', 'Ctrl+Alt+Del'),
  full: say('Full screen', '全屏'),
  again: say('Connect again', '重新连接'),
  gone: say(
    'no connection: this address has ended, or the console proxy does not answer; open the console anew',
    '无法连接：此地址已失效，或控制台代理没有应答；请重新打开控制台',
  ),
} satisfies Record<string, Words>;

const ENDINGS: Readonly<Record<number, Words>> = {
  [CLOSED.guest]: say(
    'the screen has ended: the VM is off, or its host was cut off',
    '画面已断开：云主机已关机，或其主机断开了连接',
  ),
  [CLOSED.replaced]: say('opened in another window', '已在另一个窗口打开'),
  [CLOSED.withdrawn]: say(
    'this address has ended: you logged out, or the VM was stopped or moved',
    '此地址已失效：您已退出登录，或云主机已停止或迁移',
  ),
  [CLOSED.unavailable]: say('the host does not give the screen', '主机未提供画面'),
};

const LANG: Lang = navigator.language.startsWith('zh') ? 'zh' : 'en';
document.documentElement.lang = LANG;

/** A sentence in the language of the browser. */
export const said = (words: Words): string => words[LANG];

/** Why a connection ended. @param reason what the proxy adds */
export function endingOf(code: number, reason: string): string {
  const words = said(ENDINGS[code] ?? WORDS.gone);
  return reason === '' ? words : `${words} (${reason})`;
}
