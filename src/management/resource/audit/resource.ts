import { queryApi } from '../../define/api.ts';
import { date, maybe, oneOf, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';

/** Who changed what by the API, from where, and what came of it. Entries are added and ended, never removed. */
export const audit = resource({
  name: 'Audit',
  package: 'org.zstack.header.audit',
  path: '/audits',
  table: 'audit',
  ours: true,
  fields: {
    /** The job's, where there is one. */
    uuid: uuid(),
    /** `CreateZone`. */
    apiName: text(255),
    /** As it was called then: the account may be gone. */
    accountName: maybe(text(255)),
    accountUuid: maybe(uuid()),
    userUuid: maybe(uuid()),
    clientAddress: text(64),
    resourceUuid: maybe(uuid()),
    /** JSON of the parameters, with `***` for secrets; what is longer is cut off. */
    parameters: text(),
    state: oneOf(['Running', 'Succeeded', 'Failed']),
    errorCode: maybe(text(64)),
    errorDetails: maybe(text()),
    createDate: date(),
    finishDate: maybe(date()),
  },
  index: [['createDate'], ['resourceUuid'], ['accountUuid', 'createDate']],
});

export const auditApis = [queryApi(audit, { ours: true })];
