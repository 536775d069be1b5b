import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import { type Code, Refusal } from '../../define/refusal.ts';
import { Undecided } from '../../jobs/order.ts';

/**
 * Has a host do something. What it cannot is a fault of that code whose cause is the host's own; a host that cannot be
 * asked what came of it stays `Undecided`.
 * @param what it could not do
 */
export async function byHost<T>(code: Code, what: Words, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Fault) || cause instanceof Undecided) throw cause;
    const { kind, words, next } = cause;
    const whole = say(`${what.en}: ${words.en}`, `${what.zh}：${words.zh}`);
    throw new Refusal(code, kind, whole, { cause, ...(next === undefined ? {} : { next }) });
  }
}
