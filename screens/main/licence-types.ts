import { same, say, type Words } from '../../src/api/words.ts';

/** Types of licences as people call them. */
export const LICENCE_TYPES: Record<string, Words> = {
  community: say('community', '社区版'),
  free: say('free', '免费版'),
  trial: say('trial', '试用版'),
  paid: say('paid', '付费版'),
  hybrid: same('hybrid'),
};
