import { request } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import { z } from 'zod';
import { Fault, type FaultKind } from '../api/fault.ts';
import { bracketed } from '../api/host.ts';
import { say, type Words } from '../api/words.ts';
import type { Bmc, BmcLogin, BootChoice } from './bmc.ts';
import { codeOf, whyOf } from './errno.ts';

/** SHA-256 of the certificate that it must show, as `certificateOf` answers it. */
export type RedfishLogin = BmcLogin & { certificate: string };

const TIMEOUT = 10_000;
const MOST_BYTES = 1024 * 1024;
const SYSTEMS = '/redfish/v1/Systems';
const RESETS = { on: 'On', off: 'ForceOff', reset: 'ForceRestart' } as const;
const TARGETS = { pxe: 'Pxe', disk: 'Hdd' } as const;
const MODES = { bios: 'Legacy', uefi: 'UEFI' } as const;

type Place = Pick<BmcLogin, 'address' | 'port'>;

/** What of a ComputerSystem is read here (DSP0266, DSP2046); what else stands there is not looked at. */
const computerSystem = z.object({
  PowerState: z.string().nullish(),
  Boot: z.object({ BootSourceOverrideMode: z.string().nullish() }).nullish(),
  Actions: z
    .object({
      '#ComputerSystem.Reset': z
        .object({ target: z.string(), 'ResetType@Redfish.AllowableValues': z.array(z.string()).nullish() })
        .nullish(),
    })
    .nullish(),
});
const collection = z.object({ Members: z.array(z.object({ '@odata.id': z.string() })) });

/** A BMC that speaks Redfish, over TLS. User and password are sent only after it has shown the certificate that is expected. */
export function redfish(login: RedfishLogin, signal?: AbortSignal): Bmc {
  const ask = (method: string, path: string, body?: object, tag?: string) =>
    asked(login, { method, path, body, tag }, signal);
  const read = async () => {
    const path = await systemPath(login, ask);
    const { json, tag } = await ask('GET', path);
    return { path, tag, system: understood(login, computerSystem, json) };
  };
  return {
    async power() {
      const { system } = await read();
      if (system.PowerState === 'On' || system.PowerState === 'PoweringOff') return 'on';
      if (system.PowerState === 'Off' || system.PowerState === 'PoweringOn') return 'off';
      throw fault('failed', login, say(`power: ${system.PowerState}`, `电源：${system.PowerState}`));
    },
    async order(order) {
      const reset = (await read()).system.Actions?.['#ComputerSystem.Reset'];
      const allowed = reset?.['ResetType@Redfish.AllowableValues'];
      if (!isPath(reset?.target) || allowed?.includes(RESETS[order]) === false) throw cannot(login);
      await ask('POST', reset.target, { ResetType: RESETS[order] });
    },
    async bootOnce(choice) {
      const { path, tag, system } = await read();
      if (!system.Boot) throw cannot(login);
      await ask('PATCH', path, { Boot: bootOf(choice, system.Boot.BootSourceOverrideMode) }, tag);
    },
  };
}

/** A machine whose firmware has one way to start does not take the other by name. */
const bootOf = ({ device, firmware }: BootChoice, mode: string | null | undefined) => ({
  BootSourceOverrideEnabled: 'Once',
  BootSourceOverrideTarget: TARGETS[device],
  ...(mode == null ? {} : { BootSourceOverrideMode: MODES[firmware] }),
});

const isPath = (path: unknown): path is string => typeof path === 'string' && path.startsWith('/redfish/');

type Ask = (method: string, path: string) => Promise<{ json: unknown }>;

/** The one machine that it looks after. */
async function systemPath(login: BmcLogin, ask: Ask): Promise<string> {
  const { Members } = understood(login, collection, (await ask('GET', SYSTEMS)).json);
  const path = Members[0]?.['@odata.id'];
  if (Members.length === 1 && isPath(path)) return path;
  throw fault(
    'conflict',
    login,
    say(
      `it looks after ${Members.length} machines, this version knows BMCs of one`,
      `其管理 ${Members.length} 台机器，本版本只支持管理一台的 BMC`,
    ),
  );
}

/** Throws `unavailable` when an answer is none of Redfish's. */
function understood<T>(login: BmcLogin, schema: z.ZodType<T>, json: unknown): T {
  const { data, error } = schema.safeParse(json);
  if (data !== undefined) return data;
  throw noAnswer(login, new Error(`${error?.issues[0]?.path.join('.') || 'its answer'} makes no sense`));
}

interface Question {
  method: string;
  path: string;
  body: object | undefined;
  tag: string | undefined;
}

/** @returns the body of a good answer, undefined without one, and its tag */
async function asked(
  login: RedfishLogin,
  question: Question,
  signal?: AbortSignal,
): Promise<{ json: unknown; tag: string | undefined }> {
  const socket = await connected(login, signal);
  try {
    if (fingerprint(socket) !== login.certificate) throw otherCertificate(login, fingerprint(socket));
    const { status, text, tag } = await exchanged(socket, login, question);
    const json = parsed(text);
    if (status >= 200 && status < 300) return { json, tag };
    throw refusal(login, status, json);
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : noAnswer(login, thrown);
  } finally {
    socket.destroy();
  }
}

/** SHA-256 of the certificate that a BMC shows, in pairs of digits with colons between. Nobody logs in. */
export async function certificateOf(place: Place, signal?: AbortSignal): Promise<string> {
  const socket = await connected(place, signal);
  try {
    return fingerprint(socket);
  } finally {
    socket.destroy();
  }
}

const fingerprint = (socket: TLSSocket): string => socket.getPeerCertificate().fingerprint256 ?? '';

function connected(place: Place, signal?: AbortSignal): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  // BMCs sign their certificates themselves: which one is right is told by a person.
  const socket = connect({
    host: place.address,
    port: place.port,
    rejectUnauthorized: false,
    timeout: TIMEOUT,
  });
  const stop = () => socket.destroy(signal?.reason);
  signal?.addEventListener('abort', stop);
  socket.once('secureConnect', () => resolve(socket));
  socket.once('timeout', () => socket.destroy(slow(place)));
  socket.once('close', () => reject(new Error('closed')));
  socket.on('error', (error) => reject(error instanceof Fault ? error : noAnswer(place, error)));
  return promise.finally(() => signal?.removeEventListener('abort', stop));
}

function exchanged(
  socket: TLSSocket,
  { user, password }: BmcLogin,
  { method, path, body, tag }: Question,
): Promise<{ status: number; text: string; tag: string | undefined }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    text: string;
    tag: string | undefined;
  }>();
  const content = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    Accept: 'application/json',
    Authorization: `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`,
    'OData-Version': '4.0',
    ...(content === ''
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) }),
    ...(tag === undefined ? {} : { 'If-Match': tag }),
  };
  const asking = request({ createConnection: () => socket, method, path, headers }, async (response) => {
    try {
      let text = '';
      for await (const part of response.setEncoding('utf8')) {
        text += part;
        if (text.length > MOST_BYTES) throw new Error(`it says more than ${MOST_BYTES} bytes`);
      }
      resolve({ status: response.statusCode ?? 0, text, tag: response.headers.etag });
    } catch (thrown) {
      reject(thrown);
    }
  });
  asking.once('error', reject);
  asking.end(content);
  return promise;
}

function parsed(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const complaint = z.object({
  error: z.object({
    message: z.string().optional(),
    '@Message.ExtendedInfo': z.array(z.object({ Message: z.string().optional() })).optional(),
  }),
});

function refusal(login: BmcLogin, status: number, json: unknown): Fault {
  if (status === 401)
    return fault('refused', login, say('it refuses user or password', '用户名或密码被拒绝'));
  if (status === 403)
    return fault('refused', login, say('this user may not do that', '该用户无权执行此操作'));
  if (status === 404 || status === 405 || status === 501) return cannot(login);
  const error = complaint.safeParse(json).data?.error;
  const said = error?.['@Message.ExtendedInfo']?.[0]?.Message ?? error?.message ?? `HTTP ${status}`;
  return fault(status < 500 ? 'conflict' : 'failed', login, say(said, said));
}

const cannot = (login: BmcLogin): Fault => fault('conflict', login, say('it cannot do that', '不支持此操作'));

const slow = (place: Place): Fault =>
  fault(
    'timeout',
    place,
    say(`it does not answer within ${TIMEOUT / 1000} s`, `${TIMEOUT / 1000} 秒内无应答`),
  );

function noAnswer(place: Place, thrown: unknown): Fault {
  const { en, zh } = whyOf(thrown);
  const words = codeOf(thrown)?.startsWith('E')
    ? say(en, zh)
    : say(`it does not answer as Redfish does: ${en}`, `应答不是 Redfish：${zh}`);
  return fault('unavailable', place, words);
}

const otherCertificate = (login: RedfishLogin, seen: string): Fault =>
  new Fault('conflict', at(login, say(`it shows another certificate: ${seen}`, `证书已改变：${seen}`)), {
    field: 'certificate',
    next: say(
      'when that is right, add the machine again with it; nothing was sent',
      '若确认无误，请用该证书重新添加机器；未发送任何内容',
    ),
  });

const fault = (kind: FaultKind, place: Place, words: Words): Fault => new Fault(kind, at(place, words));

const at = ({ address, port }: Place, { en, zh }: Words): Words =>
  say(`Redfish, ${bracketed(address)}:${port}: ${en}`, `Redfish，${bracketed(address)}:${port}：${zh}`);
