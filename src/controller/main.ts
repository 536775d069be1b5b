import { resolve } from 'node:path';
import { calledWith, type Given } from '../api/called.ts';
import { exitCode, Fault } from '../api/fault.ts';
import { type Places, placesOf } from '../api/places.ts';
import { isRole, type Role } from '../api/role.ts';
import { say } from '../api/words.ts';
import { readConfig } from '../node/system-settings/config.ts';
import { diskTrouble, ensureFolder } from '../system/files.ts';
import { leaveLastWords } from '../system/last-words.ts';
import { lockFolder } from '../system/lock.ts';
import { logToFile, logToStderr } from '../system/log.ts';
import { type RoleSetting, readRole } from '../system/role.ts';
import { verifyAudit } from './audit/verify.ts';
import { auditPlacesOf } from './controller.ts';
import { once, printVerdict, readInput, recover } from './once.ts';
import type { ControllerOptions } from './options.ts';
import { serveController } from './serve.ts';

const USAGE = `zs-controller [--data DIR] [--role ROLE]        serve
zs-controller --once ACTION [--json]            carry out one action; its input as JSON on stdin
zs-controller --recover                         finish or undo what an earlier run left
zs-controller --audit-verify                    check the audit chain

--data DIR      folder of a development run
--role ROLE     management, compute, storage or expert; without it, what /etc/zs-node/role says
--help          this text
--version       the version`;

const OPTIONS = {
  data: { type: 'string' },
  role: { type: 'string' },
  once: { type: 'string' },
  json: { type: 'boolean' },
  recover: { type: 'boolean' },
  'audit-verify': { type: 'boolean' },
} as const;

type Options = Given<typeof OPTIONS>;

async function main(): Promise<number> {
  const options: Options = calledWith('zs-controller', USAGE, OPTIONS);
  const places = placesOf(options.data === undefined ? undefined : resolve(options.data));
  if (options['audit-verify'] === true) return printVerdict(await verifyAudit(auditPlacesOf(places))) ? 0 : 1;
  // One that carries out a single action says what it has to say to whoever called it.
  const serves = options.once === undefined && options.recover !== true;
  const failing = (thrown: unknown): never => {
    if (serves) leaveLastWords(places.controllerLastWords, thrown);
    throw thrown;
  };
  await prepare(places).catch(failing);
  const lock = lockFolder(places.data);
  try {
    return await work(options, await controllerOptions(options, places)).catch(failing);
  } finally {
    lock.release();
  }
}

async function work(options: Options, controller: ControllerOptions): Promise<number> {
  if (options.recover === true) return (await recover(controller)) ? 0 : 1;
  if (options.once === undefined) return serveController(controller);
  await once({ ...controller, alone: true }, options.once, options.json === true ? await readInput() : {});
  return 0;
}

/** A data folder on a disk that has become read-only will do: then everything can be seen and nothing changed. */
async function prepare(places: Places): Promise<void> {
  for (const [folder, mode] of [
    [places.run, 0o755],
    [places.data, 0o700],
  ] as const) {
    await ensureFolder(folder, mode).catch((error) => {
      const why = `${folder}: ${diskTrouble(error)}`;
      throw new Fault('unavailable', say(why, why), { cause: error });
    });
  }
}

async function controllerOptions(options: Options, places: Places): Promise<ControllerOptions> {
  const setting: RoleSetting =
    options.role === undefined ? await readRole(places.config) : { role: roleOf(options.role) };
  const config = await readConfig(places.config);
  return {
    places,
    role: setting.role,
    version: process.env.ZS_VERSION ?? '0',
    config,
    troubles: [...(setting.trouble === undefined ? [] : [setting.trouble]), ...config.troubles],
    log: options.data === undefined ? logToStderr : logToFile(resolve(options.data, 'log'), 'controller'),
  };
}

function roleOf(word: string): Role {
  if (isRole(word)) return word;
  throw new Fault('usage', say(`--role: ${word} is no role`, `--role：${word} 不是角色`));
}

main().then(
  (code) => process.exit(code),
  (thrown) => {
    const fault = Fault.from(thrown);
    process.stderr.write(`zs-controller: ${fault.words.en}\n`);
    process.exit(exitCode(fault.kind));
  },
);
