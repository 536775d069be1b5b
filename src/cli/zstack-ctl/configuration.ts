import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type {
  configureManagement,
  restoreConfiguration,
  saveConfiguration,
  showConfiguration,
} from '../../node/zstack/schema.ts';
import { type CtlCommand, said, text } from './command.ts';

/** zstack.properties: shown, written, kept and brought back. */
export const CONFIGURATION_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'show_configuration',
    summary: 'every setting and where it came from; passwords read ***',
    options: [],
    run: async (node) => {
      const settings = await node.call<typeof showConfiguration>('management.showConfiguration', {});
      const lines = settings.map(({ key, value, source }) => `${key} = ${value}   # ${source}`);
      return {
        json: settings,
        lines: lines.length > 0 ? lines : ['nothing is set: every setting has its default'],
      };
    },
  },
  {
    name: 'configure',
    summary: 'write settings into zstack.properties',
    words: 'KEY=VALUE...',
    options: [],
    run: async (node, _given, words) => {
      await node.call<typeof configureManagement>('management.configure', { settings: settingsOf(words) });
      return said({}, 'written; in force after: zstack-ctl restart_node');
    },
  },
  {
    name: 'save_config',
    summary: 'keep a copy of zstack.properties',
    options: [['--save-to <FOLDER>', 'where to (~/.zstack)']],
    names: { folder: '--save-to' },
    run: async (node, given) => {
      const answer = await node.call<typeof saveConfiguration>('management.saveConfiguration', {
        folder: text(given, 'saveTo'),
      });
      return said(answer, answer.path);
    },
  },
  {
    name: 'restore_config',
    summary: 'bring a kept copy of zstack.properties back',
    options: [['--restore-from <FOLDER>', 'where from (~/.zstack)']],
    names: { folder: '--restore-from' },
    run: async (node, given) => {
      await node.call<typeof restoreConfiguration>('management.restoreConfiguration', {
        folder: text(given, 'restoreFrom'),
      });
      return said({}, 'brought back; in force after: zstack-ctl restart_node');
    },
  },
];

function settingsOf(words: readonly string[]): Record<string, string> {
  if (words.length === 0) throw new Fault('usage', same('KEY=VALUE is needed'));
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new Fault('usage', same(`${word} is no KEY=VALUE`));
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}
