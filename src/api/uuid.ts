import { ruled } from './ruled.ts';
import { say } from './words.ts';

const words = say('is not 32 hex digits in lower case', '不是 32 位小写十六进制数');

/** What a resource of the cloud goes by: a UUID without dashes. */
export const uuid = ruled((text) => (/^[0-9a-f]{32}$/.test(text) ? undefined : words));
