import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Redirect, type Said } from '../../src/node/backup/redirect.ts';

async function led(text: string, size: number): Promise<{ text: string; said: Said }> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  const redirect = new Redirect({ first: 'zstack', target: (name) => `new_${name}` });
  const parts = await Readable.from(chunks).compose(redirect).toArray();
  return { text: Buffer.concat(parts).toString(), said: redirect.said };
}

// Wherever the chunks end.
const SIZES = [1, 3, 7, 64, 100_000];

test.each([
  ['USE `zstack`;\n', 'USE `new_zstack`;\n'],
  ['use zstack_rest;\r\n', 'use `new_zstack_rest`;\r\n'],
  [
    'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `zstack` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n',
    'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `new_zstack` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n',
  ],
  ['/*!40000 DROP DATABASE IF EXISTS `zstack`*/;\n', '/*!40000 DROP DATABASE IF EXISTS `new_zstack`*/;\n'],
  [
    '  CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `zstack`.`t` (`id`),\n',
    '  CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `new_zstack`.`t` (`id`),\n',
  ],
  [
    '/*!50013 DEFINER=`a b`@`%` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS select `zstack`.`t`.`id` from `zstack`.`t` */;\n',
    '/*!50013 SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS select `new_zstack`.`t`.`id` from `new_zstack`.`t` */;\n',
  ],
  [
    'DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER="a"@"b"*/ /*!50003 TRIGGER zstack.x BEFORE INSERT ON `zstack`.t FOR EACH ROW BEGIN\nUSE `zstack`;\nEND */;;\nDELIMITER ;\nUSE zstack;\n',
    'DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN\nUSE `zstack`;\nEND */;;\nDELIMITER ;\nUSE `new_zstack`;\n',
  ],
])('%j is led elsewhere', async (text, wanted) => {
  for (const size of SIZES) expect((await led(text, size)).text, String(size)).toBe(wanted);
});

test.each([
  "INSERT INTO `t` VALUES (1,'USE `zstack`;\\n/*!50013 DEFINER=`a`@`b` ');\n",
  "(2,'`zstack`.`t` REFERENCES `zstack`.`t`');\n",
  "CREATE TABLE `zstack` (\n  `zstack` int COMMENT 'USE `zstack`;'\n);\n",
  '-- USE `zstack`;\n',
])('%j is data, or a name of its own', async (text) => {
  for (const size of SIZES) expect((await led(text, size)).text, String(size)).toBe(text);
});

test('what a dump brings, whom things run as and which events are to run is told', async () => {
  const text = `USE \`zstack_rest\`;
DELIMITER ;;
/*!50003 SET sql_mode = '' */ ;;
/*!50106 CREATE*/ /*!50117 DEFINER=\`root\`@\`localhost\`*/ /*!50106 EVENT \`e\` ON SCHEDULE EVERY 1 DAY ON COMPLETION NOT PRESERVE ENABLE DO SET @a = 1 */ ;;
/*!50106 CREATE*/ /*!50117 DEFINER=\`root\`@\`localhost\`*/ /*!50106 EVENT \`off\` ON SCHEDULE EVERY 1 DAY ON COMPLETION PRESERVE DISABLE COMMENT ' ON COMPLETION PRESERVE ENABLE' DO SET @a = 1 */ ;;
DELIMITER ;
USE mysql;
`;
  for (const size of SIZES) {
    const { text: changed, said } = await led(text, size);
    expect(said.databases).toEqual(new Set(['zstack_rest']));
    expect(said.foreign).toEqual(new Set(['mysql']));
    expect(said.definers).toEqual(new Set(['root@localhost']));
    expect(said.events).toEqual([['zstack_rest', 'e']]);
    expect(changed).toContain('NOT PRESERVE DISABLE DO');
    expect(changed).toContain("COMMENT ' ON COMPLETION PRESERVE ENABLE'");
  }
});
