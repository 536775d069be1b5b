import RFB from '@novnc/novnc';
import { endingOf, said, WORDS } from './words.ts';

const element = <T extends HTMLElement>(id: string): T => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no ${id} in the page`);
  return found as T;
};

const status = element('status');
const again = element<HTMLButtonElement>('again');
const ask = element<HTMLFormElement>('ask');
const password = element<HTMLInputElement>('password');
let screen: RFB | undefined;
let isWrong = false;

function connect(): void {
  again.hidden = true;
  status.textContent = said(WORDS.connecting);
  const address = new URL('.', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  const rfb = new RFB(element('screen'), socket, { shared: true });
  screen = rfb;
  rfb.scaleViewport = true;
  rfb.background = 'black';
  rfb.addEventListener('connect', () => shown(rfb));
  rfb.addEventListener('credentialsrequired', askPassword);
  rfb.addEventListener('securityfailure', () => {
    isWrong = true;
  });
  socket.addEventListener('close', ({ code, reason }) => over(code, reason));
}

function shown(rfb: RFB): void {
  isWrong = false;
  status.textContent = said(WORDS.connected);
  rfb.focus();
}

function askPassword(): void {
  ask.hidden = false;
  password.value = '';
  password.focus();
}

function over(code: number, reason: string): void {
  screen = undefined;
  ask.hidden = true;
  status.textContent = isWrong ? said(WORDS.wrong) : endingOf(code, reason);
  isWrong = false;
  again.hidden = false;
}

function button(id: string, words: (typeof WORDS)['go'], press: () => void): void {
  const found = element<HTMLButtonElement>(id);
  found.textContent = said(words);
  found.addEventListener('click', press);
}

button('keys', WORDS.ctrlAltDel, () => {
  screen?.sendCtrlAltDel();
  screen?.focus();
});
button('full', WORDS.full, () => {
  void document.documentElement.requestFullscreen();
  screen?.focus();
});
button('again', WORDS.again, connect);
element('go').textContent = said(WORDS.go);
element('asked').textContent = said(WORDS.password);
ask.addEventListener('submit', (event) => {
  event.preventDefault();
  ask.hidden = true;
  screen?.sendCredentials({ password: password.value });
  password.value = '';
});

const about: { name?: string } = await fetch('about.json').then(
  (answer) => (answer.ok ? answer.json() : {}),
  () => ({}),
);
document.title = about.name ?? '';
element('name').textContent = about.name ?? '';
connect();
