import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { why } from '../../api/why.ts';
import { say, type Words } from '../../api/words.ts';

export const ORDERS = ['start', 'stop', 'restart'] as const;
export type Order = (typeof ORDERS)[number];

/** What a person types to confirm. */
export const ORDER_PHRASES: Record<Order, string> = {
  start: 'start zstack',
  stop: 'stop zstack',
  restart: 'restart zstack',
};

const ORDER_TITLES: Record<Order, Words> = {
  start: say('Start the services', '启动服务'),
  stop: say('Stop the services', '停止服务'),
  restart: say('Restart the services', '重启服务'),
};

/** One service on its way. */
export interface ServiceStep {
  label: Words;
  unit: string;
  state: 'starting' | 'stopping' | 'started' | 'stopped' | 'not installed' | 'masked' | 'not used' | 'failed';
  /** Of one that is not used: what the management service has instead. */
  why?: Words;
}

/**
 * Starts or stops this role's services one after the other in their order, each waited for until it says that it is
 * ready; stopping goes backward. A service that is not installed is passed over, one that is masked is not started; so is
 * a database or broker of this machine that the management service's settings do not lead to. The controller goes on in
 * any case.
 */
export const orderServices = defineAction<ServiceStep[], ServiceStep>()({
  name: 'services.order',
  input: z
    .object({ order: z.enum(ORDERS), phrase: z.string(), why })
    .refine(({ order, phrase }) => phrase === ORDER_PHRASES[order], {
      path: ['phrase'],
      message: 'is not what is asked for',
    }),
  access: ['password'],
  lane: 'services',
  told: ({ order }) => ORDER_TITLES[order],
});
