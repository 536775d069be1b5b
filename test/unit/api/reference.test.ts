import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineAction, type NameOf } from '../../../src/api/action.ts';
import { type Connection, reference } from '../../../src/api/client.ts';
import type { NodeLink } from '../../../src/cli/node-link.ts';

const open = defineAction<number>()({
  name: 'door.open',
  input: z.object({ key: z.string() }),
  access: ['look'],
  lane: 'none',
});

// What the compiler finds is tested by `npm run check`: it says so where an error is expected and none is there.

test('an action is asked for by its own name alone, with its own input', () => {
  const name: NameOf<typeof open> = 'door.open';
  // @ts-expect-error another action's name
  reference<typeof open>('door.close');
  // @ts-expect-error nobody says which action
  reference('door.open');
  const asked = (connection: Connection, node: NodeLink) => [
    connection.call(reference<typeof open>('door.open'), { key: 'k' }),
    // @ts-expect-error another input
    connection.call(reference<typeof open>('door.open'), { keys: 'k' }),
    node.call<typeof open>('door.open', { key: 'k' }),
    // @ts-expect-error another action's name
    node.call<typeof open>('door.close', { key: 'k' }),
    // @ts-expect-error nobody says which action
    node.call('door.open', { key: 'k' }),
  ];
  expect([name, reference<typeof open>(name).name, asked.length]).toEqual(['door.open', 'door.open', 2]);
});
