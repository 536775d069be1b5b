import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Executor, Plan, Step } from '../../api/plan.ts';
import { known, type Reading, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import { checkLicence, checkTerm, licenceText, publisherKey } from './file.ts';
import { requestCode } from './request.ts';
import { installLicence, type Licence, type LicenceState, readLicence } from './schema.ts';

export interface LicenceParts {
  /** Where the licence in force is. */
  path: string;
  /** Folder of the publisher's key. */
  config: string;
  /** For tests: the code of another machine. */
  requestCode?(): Promise<string>;
}

interface WriteLicence extends Step {
  readonly type: 'licence.write';
  /** Absent: there was none. */
  readonly before?: string;
  readonly after: string;
}

const LIMIT = 64 * 1024;
const MODE = 0o644;

/** The licence of a management node. */
export const licenceFeature = (parts: LicenceParts): Feature =>
  feature<WriteLicence>({
    actions: [
      implement(readLicence, () => stateOf(parts)),
      implement(installLicence, async ({ file }, { carryOut }) => {
        const text = await licenceText(file);
        const code = await (parts.requestCode ?? requestCode)();
        checkTerm(checkLicence(text, await publisherKey(parts.config), code), Date.now());
        await carryOut(installPlan(await readText(parts.path, LIMIT), text));
        return stateOf(parts);
      }),
    ],
    executors: { 'licence.write': writeLicence(parts.path) },
  });

/** The licence in force: without a file community, which has no end. Throws as `checkLicence`. */
export async function licenceInForce(parts: LicenceParts): Promise<Licence> {
  const text = await readText(parts.path, LIMIT);
  if (text === undefined) return { type: 'community' };
  return checkLicence(text, await publisherKey(parts.config), await (parts.requestCode ?? requestCode)());
}

async function stateOf(parts: LicenceParts): Promise<LicenceState> {
  return {
    requestCode: await reading(parts.requestCode ?? requestCode),
    licence: await reading(() => licenceInForce(parts)),
    path: parts.path,
  };
}

async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return known(await read());
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

const installPlan = (before: string | undefined, after: string): Plan<WriteLicence> => ({
  title: say('install the licence', '安装许可证'),
  steps: [
    {
      type: 'licence.write',
      ...(before === undefined ? {} : { before }),
      after,
      words: say('writing the licence and reading it back', '写入许可证并读回验证'),
    },
  ],
  warnings: [],
});

const writeLicence = (path: string): Executor<WriteLicence> => {
  const undo = async ({ before }: WriteLicence): Promise<void> => {
    if (before === undefined) await rm(path, { force: true });
    else await writeWhole(path, before, MODE);
  };
  return {
    async apply({ after }) {
      await ensureFolder(dirname(path), 0o755);
      await writeWhole(path, after, MODE);
      if ((await readText(path, LIMIT)) !== after)
        throw new Fault('failed', say('the licence was not written', '许可证未写入'));
    },
    undo,
    settle: async ({ before }) => ((await readText(path, LIMIT)) === before ? 'not done' : 'done'),
  };
};
