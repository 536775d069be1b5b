import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { implement, type Run } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import { say, type Words } from '../../api/words.ts';
import type { Attention } from '../facts/schema.ts';
import { type FirstBrokerParts, nameBroker, setUpBroker } from './broker.ts';
import { type DatabaseParts, setUpDatabase } from './database.ts';
import { openFirewall } from './firewall.ts';
import { type ObstacleParts, obstaclesOf } from './obstacles.ts';
import { type FirstBootStep, firstBootPlan } from './plan.ts';
import { readyWords } from './ready.ts';
import { readFirstBoot, runFirstBoot } from './schema.ts';
import { done, type FirstServiceParts, startService } from './service.ts';
import { nodeNow } from './settings.ts';
import type { Given } from './step.ts';
import { loadOcfs2, startUnits } from './units.ts';

export interface FirstBootParts extends DatabaseParts, FirstServiceParts, ObstacleParts {
  /** File of the service's own store. */
  store: string;
  broker: FirstBrokerParts;
  /** Opens the service's ports and prints them. */
  firewall: readonly string[];
  /** `attention` is another one now. */
  changed(): void;
}

export interface FirstBootFeature extends Feature {
  attention(): Attention[];
}

type FirstBootRun = Run<Words, FirstBootStep, Given>;

/** Sets an installed node up for its role. */
export function firstBootFeature(parts: FirstBootParts): FirstBootFeature {
  const marker = join(parts.config, 'first-boot');
  let why: Words | undefined;
  const isOpenFor = (reason: Words | undefined): void => {
    why = reason;
    parts.changed();
  };
  const whole = feature<FirstBootStep, Given>({
    actions: [
      implement(readFirstBoot, async () => {
        const obstacles = await obstaclesOf(parts);
        isOpenFor(obstacles[0]?.words);
        return { role: parts.role, wanted: existsSync(marker), obstacles };
      }),
      implement(runFirstBoot, (_input, run) => {
        isOpenFor(UNDER_WAY);
        return setUp(parts, run)
          .finally(() => isOpenFor(undefined))
          .catch(failing(isOpenFor));
      }),
    ],
    executors: {
      'firstBoot.start': startUnits(parts.units),
      'firstBoot.loadOcfs2': loadOcfs2,
      'firstBoot.database': setUpDatabase(parts),
      'firstBoot.nameBroker': nameBroker(parts.broker),
      'firstBoot.broker': setUpBroker(parts.broker),
      'firstBoot.openFirewall': openFirewall(parts.firewall),
      'firstBoot.service': startService(parts),
      'firstBoot.done': done(marker),
    },
  });
  return { ...whole, attention: () => (existsSync(marker) ? [notSetUp(why)] : []) };
}

const failing =
  (isOpenFor: (why: Words) => void) =>
  (thrown: unknown): never => {
    isOpenFor(Fault.from(thrown).words);
    throw thrown;
  };

async function setUp(parts: FirstBootParts, run: FirstBootRun): Promise<{ ready: Words }> {
  const [obstacle] = await obstaclesOf(parts);
  if (obstacle !== undefined) throw new Fault('conflict', obstacle.words, { next: obstacle.next });
  const plan = firstBootPlan(await nodeNow(parts.role, parts.properties, parts.store));
  for (const words of plan.warnings) run.emit(words);
  await run.carryOut(plan, { tell: run.emit });
  return { ready: readyWords(parts.role, await parts.address()) };
}

const UNDER_WAY = say('under way', '进行中');

const notSetUp = (why: Words | undefined): Attention => ({
  level: 'warn',
  words:
    why === undefined
      ? say('this node is not set up yet', '本节点尚未部署完成')
      : say(`this node is not set up yet: ${why.en}`, `本节点尚未部署完成：${why.zh}`),
  where: say('zs-first-boot, or reboot', 'zs-first-boot 或重启'),
});
