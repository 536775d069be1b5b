import { say } from '../../src/api/words.ts';

export const LABEL = say('Bare Metal', '裸机');
