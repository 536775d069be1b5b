import { expect } from 'vitest';
import type { NetworkPlan } from '../../src/node/network/change/plan/steps.ts';
import { cutAndStarted, cutAt, cutsAmong, readyToCut } from './driver/cut.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import {
  answered,
  asked,
  attention,
  begin,
  DEBIANS_NOW,
  ended,
  MOVED,
  managed,
  powerCycled,
  reached,
} from './driver/managed.ts';
import { expectWhole, stateOf } from './driver/network-state.ts';

async function stepsOf(node: Machine): Promise<NetworkPlan['steps']> {
  const answers = await asked(node, 'network.plan', { change: MOVED });
  return (JSON.parse(answers.trim().split('\n').at(-1) ?? '') as { ok: NetworkPlan }).ok.steps;
}

for (const [debian, options] of DEBIANS_NOW) {
  machineTest(
    `${debian}: power cut at steps of moving the management address to a bond, and in the countdown: after the start it is where it was`,
    async (lab) => {
      const { node, other } = await managed(lab, options);
      await readyToCut(node);
      await attention(node);
      const steps = await stepsOf(node);
      expect(steps.length).toBeGreaterThan(8);
      const before = await stateOf(node);
      /** Changes that were undone after a start, as the main screen tells. */
      let undone = 0;
      const expectOld = async (name: string): Promise<void> => {
        undone += 1;
        await reached(other);
        const warnings = await attention(node);
        await expectWhole(node, before);
        console.log(`cut ${name}: old; ${warnings.join('; ')}`);
        const told = warnings.filter((line) => line.includes('has been undone: Create bond bond0'));
        expect(told).toEqual([expect.stringMatching(undone > 1 ? ` \\(${undone} times\\)$` : /bond0$/)]);
        expect(warnings.filter((line) => line.startsWith('bad'))).toEqual([]);
      };
      for (const number of cutsAmong(steps.length)) {
        await cutAt(node, `step ${number - 1}`);
        await begin(node, MOVED, true);
        await cutAndStarted(node);
        await expectOld(`at ${number}/${steps.length} (${steps[number - 1]?.words.en})`);
      }
      await begin(node, MOVED, false);
      await answered(node, /"phase":"confirming"/);
      await powerCycled({ node, other });
      await expectOld('in the countdown');
      await begin(node, MOVED, true);
      expect(await ended(node)).not.toContain('"fault"');
      await reached(other);
      expect(await node.shell('ip -br -4 a show bond0')).toContain('192.0.2.4/24');
    },
    40,
  );
}
