import { say } from '../../src/api/words.ts';

export const LABEL = say('Join Cluster', '加入集群');
