import { issueWords } from '../../../api/issue-words.ts';
import type { Secret } from '../../../api/secret-text.ts';
import { ipmiLogin } from '../../../node/bare-metal/schema.ts';
import { badField } from '../../define/refusal.ts';

/** How a chassis' BMC is reached, as clients name it. */
export interface Login {
  readonly ipmiAddress: string;
  readonly ipmiPort: string;
  readonly ipmiUsername: string;
}

/** Names of a BMC's login, as clients know them. */
const FIELDS: Readonly<Record<string, string>> = {
  address: 'ipmiAddress',
  port: 'ipmiPort',
  user: 'ipmiUsername',
  password: 'ipmiPassword',
};

/** The name of the secret that is kept. */
export const PASSWORD = 'ipmiPassword';
export const USUAL_PORT = '623';

export const bmcOf = ({ ipmiAddress: address, ipmiPort: port, ipmiUsername: user }: Login) => ({
  address,
  port: Number(port),
  user,
});

/** Throws `usage` that names the field. */
export function checkLogin({ ipmiAddress, ipmiPort, ipmiUsername }: Login, password?: Secret): void {
  const input = { address: ipmiAddress, port: ipmiPort, user: ipmiUsername, password };
  const issue = ipmiLogin.safeParse(input).error?.issues[0];
  if (issue !== undefined) throw badField(FIELDS[String(issue.path[0])] ?? 'ipmiAddress', issueWords(issue));
}
