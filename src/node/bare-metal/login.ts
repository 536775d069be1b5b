import { Fault } from '../../api/fault.ts';
import type { Secret } from '../../api/secret.ts';
import { say } from '../../api/words.ts';
import type { BmcLogin } from '../../system/bmc.ts';

type Login = Omit<BmcLogin, 'password'> & { password?: Secret | undefined };

/** The login of a BMC that the cluster keeps. Throws `conflict`, field `password`, without one. */
export function withPassword(name: string, { password, ...place }: Login): BmcLogin {
  if (password !== undefined) return { ...place, password };
  throw new Fault(
    'conflict',
    say(`no password is kept for the BMC of ${name}`, `未保存 ${name} 的 BMC 密码`),
    { field: 'password' },
  );
}
