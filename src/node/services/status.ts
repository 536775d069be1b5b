import { request } from 'node:http';
import { Fault } from '../../api/fault.ts';
import { bracketed } from '../../api/host.ts';
import { PORTS } from '../../api/ports.ts';
import { say, type Words } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { isSystemdRunning } from '../../system/systemctl.ts';
import type { Layout } from '../zstack/layout.ts';
import type { ManagementStatus, ServiceStatus } from './schema/management.ts';

export const MANAGEMENT_UNIT = 'zs-management.service';
export const UI_UNIT = 'zs-ui.service';
const ASK_MILLISECONDS = 5_000;
const ANSWER_LIMIT = 64 * 1024;

/** What systemd says of a unit. */
export interface UnitNow {
  active: string;
  /** Finer: `auto-restart`, `start-pre`, ... */
  sub?: string;
  pid: number;
}

export interface StatusParts {
  layout: Layout;
  version: string;
  address(): Promise<string | undefined>;
  /** Undefined when the unit is not installed, or systemd does not run. */
  unit?(name: string): Promise<UnitNow | undefined>;
  apiPort?: number;
  uiPort?: number;
}

/** Everything that `zstack-ctl status` prints. */
export async function statusOf(parts: StatusParts): Promise<ManagementStatus> {
  const { layout, version, unit = systemdUnit, uiPort = PORTS.ui } = parts;
  const [management, health] = await serviceStatus(
    unit,
    MANAGEMENT_UNIT,
    parts.apiPort ?? PORTS.api,
    '/health',
  );
  const [ui] = await serviceStatus(unit, UI_UNIT, uiPort, '/');
  const url = `http://${bracketed((await parts.address()) ?? '127.0.0.1')}:${uiPort}`;
  return {
    home: layout.home,
    properties: layout.properties,
    logConfiguration: layout.logConfiguration,
    pidFile: layout.pidFile,
    logFile: `${layout.logs}/management-server.log`,
    management,
    ui: ui.state === 'Running' ? { ...ui, url } : ui,
    version,
    detail: engines(health),
  };
}

type Told = { store?: { kind?: string }; bus?: { kind?: string }; pid?: number } | undefined;

const engines = (health: Told): string =>
  health?.store?.kind === undefined
    ? 'not running'
    : `${health.store.kind} store, ${health.bus?.kind} messages`;

/** A service is running only when it answers itself: what systemd says of its process is not enough. */
async function serviceStatus(
  unitOf: NonNullable<StatusParts['unit']>,
  name: string,
  port: number,
  path: string,
): Promise<[ServiceStatus, Told]> {
  const unit = await unitOf(name);
  if (unit === undefined || ENDED.has(unit.active)) return [{ state: 'Stopped' }, undefined];
  if (unit.sub?.startsWith('auto-restart'))
    return [{ state: 'Unknown', why: FAILS, next: needsOf(name) }, undefined];
  if (unit.active === 'activating') return [{ state: 'Starting', ...pidOf(unit) }, undefined];
  if (unit.active === 'deactivating') return [{ state: 'Unknown', ...pidOf(unit), why: ENDS }, undefined];
  try {
    const told = await ask(port, path);
    return [{ state: 'Running', ...pidOf(unit) }, told];
  } catch (thrown) {
    const { words: why, next } = Fault.from(thrown);
    return [{ state: 'Unknown', ...pidOf(unit), why, ...(next && { next }) }, undefined];
  }
}

const ENDED = new Set(['inactive', 'failed']);
const FAILS = say('it fails, and systemd starts it again and again', '反复失败，systemd 不断将其重新启动');
const needsOf = (unit: string): Words =>
  say(
    `what it needs first: database and broker; then its last words: journalctl -u ${unit}`,
    `先检查其依赖：数据库与消息队列；再查看日志：journalctl -u ${unit}`,
  );
const ENDS = say('it is being stopped', '正在停止');

const pidOf = ({ pid }: UnitNow): { pid?: number } => (pid > 0 ? { pid } : {});

async function systemdUnit(name: string): Promise<UnitNow | undefined> {
  if (!isSystemdRunning()) return undefined;
  const properties = '--property=LoadState,ActiveState,SubState,MainPID';
  const { stdout } = await run(['systemctl', 'show', properties, name], { timeout: 15_000 });
  const values = new Map(stdout.split('\n').map((line) => line.split('=', 2) as [string, string]));
  const [active = '', sub = ''] = [values.get('ActiveState'), values.get('SubState')];
  // What was masked or removed while it ran still runs.
  if (values.get('LoadState') !== 'loaded' && ENDED.has(active)) return undefined;
  return { active, sub, pid: Number(values.get('MainPID') ?? 0) };
}

/** Its own answer; throws `timeout` or `unavailable` when there is none, and when it says that it cannot work. */
function ask(port: number, path: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, timeout: ASK_MILLISECONDS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text = (text + part).slice(0, ANSWER_LIMIT);
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(parsed(text));
        else reject(cannotWork(text));
      });
    });
    asking.on('timeout', () => asking.destroy(silent()));
    asking.on('error', (error) => reject(error instanceof Fault ? error : refused(port, error)));
    asking.end();
  });
}

function parsed(text: string): Told {
  try {
    return JSON.parse(text) as Told;
  } catch {
    // A page rather than an answer of ours: it answers, which is all that was asked.
    return undefined;
  }
}

const silent = (): Fault =>
  new Fault('timeout', say('it runs but does not answer', '正在运行但没有应答'), {
    next: say('usually out of memory: stop and start it', '通常是内存不足：请停止后再启动'),
  });

const refused = (port: number, error: NodeJS.ErrnoException): Fault =>
  new Fault(
    'unavailable',
    say(
      `it runs, but nothing answers on port ${port}: ${error.code}`,
      `正在运行，但端口 ${port} 没有应答：${error.code}`,
    ),
  );

function cannotWork(text: string): Fault {
  const told = parsed(text) as { store?: { why?: string }; bus?: { why?: string } } | undefined;
  const why =
    [told?.store?.why, told?.bus?.why].filter((part) => part !== undefined).join('; ') || 'it says no';
  return new Fault('unavailable', say(`it runs, but: ${why}`, `正在运行，但：${why}`), {
    next: say('mend that: it then goes on by itself', '修复后会自行恢复'),
  });
}
