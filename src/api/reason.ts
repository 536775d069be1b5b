import { say, type Words } from './words.ts';

const LONGEST = 200;

/** What is wrong with a reason that a person gives for a change; undefined when nothing is. It may be empty. */
export const reasonProblem = (text: string): Words | undefined =>
  text.length > LONGEST
    ? say(`the reason is longer than ${LONGEST} characters`, `原因超过 ${LONGEST} 个字符`)
    : undefined;
